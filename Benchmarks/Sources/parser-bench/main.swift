internal import Readers
internal import Records

/// Bytes in memory, so that no disk is measured.
struct MemorySource: ByteSource {
    let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var size: UInt64? { UInt64(bytes.count) }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
        offset += count
        return count
    }

    mutating func seek(to target: UInt64) { offset = min(Int(target), bytes.count) }
}

/// 64 MiB of CSV with numbers, texts, quotes and line ends inside quotes.
func makeCSV() -> [UInt8] {
    var csv = [UInt8]("sku,name,price,stock,category,description,updated,note\n".utf8)
    var row = 0
    while csv.count < 64 << 20 {
        let text = row % 5 == 0 ? "\"said \"\"yes\"\",\nand went\"" : "a plain description of the article in one line"
        csv.append(contentsOf: "S-\(row),Article number \(row),\(row % 997).\(row % 90 + 10),\(row % 50),".utf8)
        csv.append(contentsOf: "garden/\(row % 40),\(text),2026-11-\(row % 28 + 1)T03:00:00Z,\(row)\n".utf8)
        row += 1
    }
    return csv
}

let csv = makeCSV()
var rates: [Double] = []
for _ in 0..<7 {
    let start = ContinuousClock.now
    var reader = try CSVReader(source: MemorySource(csv))
    var chunk = Chunk()
    var records = 0
    while try reader.fill(&chunk, limit: ChunkLimit()) { records += chunk.recordsRead }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    rates.append(Double(csv.count) / 1e6 / seconds)
    if rates.count == 1 { print("\(csv.count) bytes, \(records) records") }
}
rates.sort()
print("CSV: \(Int(rates[3])) MB/s (min \(Int(rates[0])), max \(Int(rates[6])))")
