import Foundation

/// A block of a page of docs that shows commands and what they print: a fenced block without a language.
///
/// Lines after `$ ` are commands. The lines below one are consecutive lines of its output, in which `…` stands for any number
/// of lines.
struct ConsoleBlock {
    let page: String
    let text: String
    /// The YAML above the block on its page: the waybill.yaml that its commands find.
    let configuration: String?
    /// The CSV files above it, by the names that the page gives them.
    let sources: [String: String]

    struct Command: Equatable {
        var line: String
        var shown: [String] = []
    }

    /// Every page that shows commands.
    static func pages() throws -> [String] {
        let root = ArchitectureTests.root
        let folders = ["", "docs/", "docs/sources/"]
        return try folders.flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
                .filter { folder.isEmpty ? $0 == "README.md" : $0.hasSuffix(".md") && $0 != "commands.md" }
                .map { folder + $0 }
        }.sorted()
    }

    static func all(of page: String) throws -> [ConsoleBlock] {
        let text = try String(contentsOf: ArchitectureTests.root.appendingPathComponent(page), encoding: .utf8)
        var blocks: [ConsoleBlock] = []
        var configuration: String?
        var sources: [String: String] = [:]
        for block in text.matches(of: /(?ms)^```(\w*)\n(.*?)^```$/) {
            switch block.1 {
            case "yaml": configuration = String(block.2)
            case "csv":
                let names = text[..<block.range.lowerBound].matches(of: /`([\w.-]+\.csv)`/)
                sources[names.last.map { String($0.1) } ?? "orders.csv"] = String(block.2)
            case "":
                blocks.append(
                    ConsoleBlock(page: page, text: String(block.2), configuration: configuration, sources: sources))
            default: break
            }
        }
        return blocks
    }

    var commands: [Command] {
        var commands: [Command] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("$ ") {
                commands.append(Command(line: String(line.dropFirst(2))))
            } else if !commands.isEmpty {
                commands[commands.count - 1].shown.append(String(line))
            }
        }
        return commands
    }

    /// Writes the files that the page shows above it.
    func write(to space: Workspace) throws {
        for (name, source) in sources { try space.write(source, to: name) }
    }

    /// Whether each line belongs to a command.
    var isComplete: Bool { text.hasPrefix("$ ") }
}

/// What a command prints, without what differs from run to run.
struct ComparableOutput {
    let lines: [String]

    init(_ text: String, in space: Workspace? = nil) {
        var text = text
        if let space { text = text.replacingOccurrences(of: space.path, with: "/srv/feed") }
        text.replace(#/ in [\d.,]+ s \([\d,]+/s\)/#, with: " in 0.0 s")
        text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, with: "TIME")
        text.replace(/\d{8}T\d{9}-/, with: "STAMP-")
        text.replace(/\d+ chunks? had been written/, with: "1 chunk had been written")
        lines = text.split(separator: "\n").map(String.init)
    }

    /// Whether the lines contain others, consecutively except at `…`.
    func show(_ others: ComparableOutput) -> Bool {
        var rest = lines[...]
        for part in others.lines.split(whereSeparator: { $0.trimmingCharacters(in: .whitespaces) == "…" }) {
            guard let start = rest.indices.first(where: { rest[$0...].starts(with: part) }) else { return false }
            rest = rest[(start + part.count)...]
        }
        return true
    }
}
