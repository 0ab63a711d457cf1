internal import ArgumentParser
internal import Glibc
internal import ImportLog

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a demonstration with generated data: a crash, a missing part, bad records, and nothing lost.",
        discussion: """
            Takes less than a minute. Everything happens in a new directory under $TMPDIR or /tmp.

            Example:
              waybill demo
            """)

    func run() throws {
        var template = Array(
            ((getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/waybill-demo-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            let reason = String(cString: strerror(errno))
            throw CommandFailure(
                ImportLogError(.storage, "No temporary directory could be created: \(reason)."), asJSON: false)
        }
        let directory = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        do {
            try Demo(directory: directory).run()
        } catch let failure as Demo.Failure {
            Console.error.write("\nwaybill: The demo failed: \(failure.what). See \(directory).")
            throw ExitCode.failed
        } catch {
            throw CommandFailure(error, asJSON: false)
        }
    }
}
