import Foundation
import Readers
import Records
import Synchronization
import Testing

/// A temporary folder in which archives are made by the tools that everybody makes them with, removed at the end.
final class PackingFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "waybill-archives-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    /// Runs a shell script in the folder.
    func run(_ script: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-ec", script]
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(script)")
    }

    /// Makes a zip or a tar by Python, which makes any, also bad ones: `z` is the zip, `t` the tar.
    func python(_ script: String) throws -> [UInt8] {
        let lines = [
            "import io, tarfile, zipfile, zlib", "out = io.BytesIO()",
            script.contains("z.")
                ? "z = zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED)" : "t = tarfile.open(fileobj=out, mode='w')",
            "def add(name, bytes=b'', **more):", "    i = tarfile.TarInfo(name); i.size = len(bytes)",
            "    for k, v in more.items(): setattr(i, k, v)", "    t.addfile(i, io.BytesIO(bytes))",
            script, script.contains("z.") ? "z.close()" : "t.close()", "open('made', 'wb').write(out.getvalue())",
        ]
        try write(Array(lines.joined(separator: "\n").utf8), to: "make.py")
        try run("python3 -W ignore make.py")
        return try read("made")
    }
}

extension Compression {
    /// The tool's command.
    var tool: String {
        switch self {
        case .gzip: "gzip"
        case .zstd: "zstd -q"
        case .bzip2: "bzip2"
        case .xz: "xz"
        }
    }

    func pack(_ bytes: [UInt8]) throws -> [UInt8] {
        let folder = try PackingFolder()
        try folder.write(bytes, to: "plain")
        try folder.run("\(tool) -c < plain > packed")
        return try folder.read("packed")
    }
}

/// What a source gave, and how it ended.
struct Outcome {
    var bytes: [UInt8] = []
    var error: DataError?

    /// Reads to the end, at most `step` bytes at a time.
    init(_ source: some ByteSource, step: Int = 100_000) throws {
        var source = source
        var buffer = [UInt8](repeating: 0, count: min(step, 1 << 20))
        do {
            while true {
                let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
                if count == 0 { break }
                bytes += buffer[..<count]
            }
        } catch let error as DataError {
            self.error = error
        }
    }
}

extension ByteSource {
    /// All bytes, which must come without an error.
    func all(step: Int = 100_000) throws -> [UInt8] {
        let outcome = try Outcome(self, step: step)
        if let error = outcome.error { throw error }
        return outcome.bytes
    }
}

/// Text that compresses a little, the same each time.
func someText(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix(state: seed)
    return (0..<count).map { $0 % 17 == 16 ? UInt8(ascii: "\n") : UInt8.random(in: 97...112, using: &random) }
}

func archive(
    _ bytes: [UInt8], _ format: ArchiveFormat, _ compression: Compression? = nil, step: Int = .max,
    limits: ExpansionLimits = ExpansionLimits()
) throws -> Archive {
    try Archive(format, compression: compression, name: "a.archive", limits: limits) {
        TrickleSource(bytes, step: step)
    }
}

/// The error that `body` throws.
func dataError(_ body: () throws -> some Any) -> DataError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? DataError
    }
}

/// How often a source was opened.
final class OpenCount: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}
