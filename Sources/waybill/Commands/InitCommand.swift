internal import ArgumentParser
internal import Glibc
internal import ImportEngine

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a starter waybill.yaml based on the content of your files.",
        discussion: """
            You can use the file as it is; it lists further settings as comments. Each file becomes a source that \
            also matches files whose names differ only in their numbers.

            Example:
              waybill init prices-2026-11-01.csv
            """)

    @OptionGroup(title: "Reading options") var reading: ReadingArguments
    @OptionGroup(title: "URLs") var access: AccessArguments
    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(help: ArgumentHelp("The file to write; - for standard output", valueName: "file"))
    var output = Configuration.defaultPath

    @Flag(help: "Overwrite an existing file.")
    var force = false

    @Argument(help: ArgumentHelp("The files to base it on.", valueName: "source"))
    var sources: [String]

    func run() throws {
        try global.run {
            var options = ImportOptions()
            reading.add(to: &options)
            options.access = try access.options(records: reading.records, for: sources)
            let template = ConfigurationTemplate(
                try sources.map { source in
                    options.others = sources.filter { $0 != source }
                    return try Inspection(options.inspectionPlan(for: source), rows: 100)
                }, options)
            guard output != "-" else { return Console.output.put(template.text) }
            try write(template.text)
            if global.json {
                Console.output.writeJSON(["configuration": output])
            } else {
                let files = sources.map(ShellWord.quoted).joined(separator: " ")
                Console.output.write("Wrote \(output). Check it, then run: waybill import \(files)")
            }
        }
    }

    private func write(_ text: String) throws {
        let descriptor = open(output, O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0o644)
        guard descriptor >= 0 else {
            let isThere = errno == EEXIST
            throw CommandFailure(
                ImportFailure(
                    usage: isThere
                        ? "\(output) already exists."
                        : "\(output) cannot be written: \(String(cString: strerror(errno))).",
                    remedy: isThere
                        ? "Give another file with --output, or overwrite this one with --force."
                        : "Choose another --output."),
                asJSON: global.json)
        }
        defer { close(descriptor) }
        Console(descriptor: descriptor).put(text)
    }
}
