internal import Glibc
internal import ImportLog

/// A product catalogue that is made up: the same numbers give the same bytes.
struct Catalogue {
    var records: UInt64
    var parts: UInt32
    var badPercent: Double
    var seed: UInt64

    static let header = "sku,name,category,price,stock,ean,description,updated_at\n"

    struct File: Encodable {
        var path: String
        var part: UInt32
        var records: UInt64
        var bad: UInt64
    }

    /// Writes the parts as `catalogue-1.csv` and so on. A file that is there is an error, not overwritten.
    func write(to directory: String) throws -> [File] {
        var generator = SplitMix64(state: seed)
        var number: UInt64 = 0
        return try (1...parts).map { part in
            var file = File(
                path: (directory == "." ? "" : directory + "/") + "catalogue-\(part).csv", part: part, records: 0,
                bad: 0)
            let output = try NewFile(path: file.path)
            output.write(Self.header)
            let end = records * UInt64(part) / UInt64(parts)
            while number < end {
                number += 1
                let isBad = Double.random(in: 0..<100, using: &generator) < badPercent
                output.write(
                    isBad
                        ? CatalogueRecord.bad(number, using: &generator)
                        : CatalogueRecord(number: number, using: &generator).line)
                file.records += 1
                file.bad += isBad ? 1 : 0
            }
            try output.close()
            return file
        }
    }
}

/// A file that is written from its beginning, through a buffer, and that has its name only when it is whole.
private final class NewFile {
    private let path: String
    private let stream: UnsafeMutablePointer<FILE>
    private var unfinished: String { path + ".unfinished" }

    init(path: String) throws {
        self.path = path
        if access(path, F_OK) == 0 {
            errno = EEXIST
            throw Self.failure("be created", path)
        }
        guard let stream = fopen(path + ".unfinished", "w") else { throw Self.failure("be created", path) }
        self.stream = stream
    }

    func write(_ bytes: String) { write(Array(bytes.utf8)) }

    func write(_ bytes: [UInt8]) { fwrite(bytes, 1, bytes.count, stream) }

    func close() throws {
        let failed = ferror(stream) != 0
        // A link does not replace a file that came meanwhile.
        if fclose(stream) != 0 || failed || link(unfinished, path) != 0 { throw Self.failure("be written", path) }
        unlink(unfinished)
    }

    private static func failure(_ action: String, _ path: String) -> ImportLogError {
        ImportLogError(
            errno == ENOSPC ? .noSpace : .storage,
            errno == EEXIST
                ? "\(path) already exists."
                : "The file \(path) could not \(action): \(String(cString: strerror(errno))).",
            remedy: errno == EEXIST
                ? "Remove it, or choose another directory with --output."
                : errno == ENOENT ? "Create the directory first (mkdir -p), or choose another one with --output." : nil)
    }
}

/// The generator of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
