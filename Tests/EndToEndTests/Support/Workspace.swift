import Foundation
import Testing

/// A temporary folder in which the real binary is run, removed at the end.
final class Workspace {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "waybill-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// Copies a database with its WAL, as a backup or a power loss would leave it.
    func copyDatabase(_ name: String, to copy: String) throws {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: file(copy + suffix))
            if FileManager.default.fileExists(atPath: file(name + suffix)) {
                try FileManager.default.copyItem(atPath: file(name + suffix), toPath: file(copy + suffix))
            }
        }
    }

    /// Runs a command to its end.
    @discardableResult
    ///
    /// - Parameter input: the file that is its standard input; nil for none.
    func run(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws -> Finished {
        try start(arguments, environment: environment, input: input).wait()
    }

    /// Runs a command given as one line of words.
    @discardableResult
    func run(_ line: String, environment: [String: String] = [:]) throws -> Finished {
        try run(line.split(separator: " ").map(String.init), environment: environment)
    }

    func start(
        _ arguments: [String], environment: [String: String] = [:], input: String? = nil
    ) throws -> Running {
        try Running(arguments, in: path, environment: environment, input: input)
    }

    /// Runs a line as a shell does, with the binary in its path; both streams are in `output`, as a terminal shows them.
    func shell(_ line: String) throws -> Finished {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line]
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        var environment = ProcessInfo.processInfo.environment
        environment["WAYBILL_LOG"] = nil
        environment["PATH"] = (Running.binary as NSString).deletingLastPathComponent + ":" + (environment["PATH"] ?? "")
        process.environment = environment
        let printed = file(".printed")
        _ = FileManager.default.createFile(atPath: printed, contents: nil)
        let handle = FileHandle(forWritingAtPath: printed)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Finished(
            status: process.terminationStatus, output: String(decoding: try read(".printed"), as: UTF8.self), error: "")
    }

    /// Runs a tool of the system's in the workspace.
    func tool(_ words: String...) throws { try tool(words) }

    func tool(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(words)")
    }

    /// The catalogue of `records` records, made by the binary itself.
    func generate(_ records: Int, parts: Int = 1, bad: Double = 0) throws {
        try #require(try run("generate --records \(records) --parts \(parts) --bad \(bad)").status == 0)
    }
}

/// What a command that ended left.
struct Finished {
    /// The exit code; the negative signal number where a signal ended it.
    let status: Int32
    let output: String
    let error: String

    func json() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(output) \(error)")
    }

    func jsonArray() throws -> [[String: Any]] {
        try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]], "\(output) \(error)")
    }
}

/// A command that runs.
final class Running {
    private let process = Process()
    private let directory: String
    private let name = UUID().uuidString

    /// The binary that was built beside the tests.
    static let binary: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent + "/waybill"
    }()

    init(_ arguments: [String], in directory: String, environment: [String: String], input: String?) throws {
        self.directory = directory
        process.executableURL = URL(fileURLWithPath: Self.binary)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        var all = ProcessInfo.processInfo.environment
        all["WAYBILL_LOG"] = nil
        all.merge(environment) { $1 }
        process.environment = all
        // Files, not pipes: nobody has to read while the process writes.
        for stream in ["out", "err"] { _ = FileManager.default.createFile(atPath: path(stream), contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: path("out"))
        process.standardError = FileHandle(forWritingAtPath: path("err"))
        process.standardInput = input.map { FileHandle(forReadingAtPath: "\(directory)/\($0)")! } ?? .nullDevice
        try process.run()
    }

    private func path(_ stream: String) -> String { "\(directory)/.\(name).\(stream)" }

    var isRunning: Bool { process.isRunning }
    var processID: Int32 { process.processIdentifier }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func wait() -> Finished {
        process.waitUntilExit()
        func text(_ stream: String) -> String {
            defer { try? FileManager.default.removeItem(atPath: path(stream)) }
            return (try? Data(contentsOf: URL(fileURLWithPath: path(stream)))).map {
                String(decoding: $0, as: UTF8.self)
            }
                ?? ""
        }
        let status =
            process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
        return Finished(status: status, output: text("out"), error: text("err"))
    }
}
