import Foundation

/// Represents the service's database: a file with a row in each line.
struct Store {
    let path: String
    private let file: FileHandle

    init(path: String) throws {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    }

    /// Returns when the rows are on the disk.
    func append(_ rows: [String]) throws {
        try file.seekToEnd()
        try file.write(contentsOf: Data(rows.map { $0 + "\n" }.joined().utf8))
        try file.synchronize()
    }

    /// Removes all rows after the first `count`.
    func truncate(toRows count: UInt64) throws {
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").prefix(Int(count))
        try file.truncate(atOffset: UInt64(rows.reduce(0) { $0 + $1.utf8.count + 1 }))
    }
}
