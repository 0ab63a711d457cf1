/// One product of a made-up catalogue.
struct CatalogueRecord {
    private var fields: [String]

    private static let materials = ["oak", "steel", "glass", "wool", "ash", "brass", "cork", "linen", "clay", "birch"]
    private static let things = ["shelf", "lamp", "bowl", "chair", "hook", "tray", "frame", "stool", "vase", "crate"]
    private static let categories = ["kitchen", "living room", "office", "garden", "hallway"]

    init(number: UInt64, using generator: inout SplitMix64) {
        func pick(_ words: [String]) -> String { words[Int.random(in: words.indices, using: &generator)] }
        let material = pick(Self.materials)
        let thing = pick(Self.things)
        let price = Int.random(in: 100...99_999, using: &generator)
        let stock = Int.random(in: 0...500, using: &generator)
        let size = Int.random(in: 10...180, using: &generator)
        let day = Int.random(in: 1...28, using: &generator)
        let description =
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: "A \(thing) of \(material), \(size) cm"
            case 1: "\(size)\" wide, of \"\(material)\""
            case 2: "Of \(material).\nWidth: \(size) cm"
            default: ""
            }
        fields = [
            "SKU-" + Self.padded(number, 8), "\(material) \(thing) \(size)", pick(Self.categories),
            "\(price / 100)." + Self.padded(UInt64(price % 100), 2), "\(stock)",
            "40" + Self.padded(UInt64.random(in: 0..<100_000_000_000, using: &generator), 11), description,
            "2026-11-" + Self.padded(UInt64(day), 2),
        ]
    }

    /// The record as a line of CSV.
    var line: [UInt8] {
        let cells = fields.map { field in
            field.contains { ",\"\n".contains($0) }
                ? "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
                : field
        }
        return Array((cells.joined(separator: ",") + "\n").utf8)
    }

    /// A line with something wrong in it, of one of five kinds.
    static func bad(_ number: UInt64, using generator: inout SplitMix64) -> [UInt8] {
        var record = CatalogueRecord(number: number, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0:
            record.fields.removeLast()
            return record.line
        case 1:
            record.fields.append("left over")
            return record.line
        case 2:
            record.fields[6] = ""
            return Array(record.line.dropLast()) + Array(",\"never closed\n".utf8)
        case 3:
            record.fields[0] = ""
            return record.line
        default:
            record.fields[1] = "caf?"
            return record.line.map { $0 == UInt8(ascii: "?") ? 0xE9 : $0 }
        }
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
