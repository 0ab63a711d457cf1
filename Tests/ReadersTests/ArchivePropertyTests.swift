import Foundation
import Readers
import Records
import Testing

@Suite struct ArchivePropertyTests {
    /// With checksums over all bytes of the entries.
    static let packings = ArchiveTests.Packing.all.filter { $0.compression != nil || $0.format == .zip }

    @Test("what a damaged archive gives without an error is what was packed", arguments: packings)
    func damageIsNeverSilent(packing: ArchiveTests.Packing) throws {
        let packed = try packing.pack()
        let contents = Set(ArchiveTests.files.map(\.bytes))
        var random = SplitMix(state: 5)
        for _ in 0..<25 {
            let damaged = Self.damage(packed, &random)
            guard let archive = try? archive(damaged, packing.format, packing.compression) else { continue }
            for entry in archive.entries where entry.kind == .file && !entry.isEncrypted {
                let outcome = try Outcome(archive.source(of: entry))
                if outcome.error == nil && archive.damage == nil && !contents.contains(outcome.bytes) {
                    Issue.record("\(entry) of \(outcome.bytes.count) bytes is none of the files")
                }
            }
        }
    }

    @Test("nothing that looks like a tar does harm", arguments: 0..<10)
    func aDamagedTarIsReadToSomeEnd(seed: UInt64) throws {
        let packed = try ArchiveTests.Packing.all[0].pack()
        var random = SplitMix(state: seed)
        for _ in 0..<20 {
            guard let archive = try? archive(Self.damage(packed, &random), .tar) else { continue }
            for entry in archive.entries where entry.kind == .file {
                let outcome = try Outcome(archive.source(of: entry))
                #expect(outcome.bytes.count <= packed.count)
            }
        }
    }

    private static func damage(_ packed: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = packed
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            // Headers and tables are the most fragile.
            let near = [Int.random(in: 0..<bytes.count, using: &random), bytes.count - 1, 0].randomElement(
                using: &random)!
            let place = min(max(0, near + Int.random(in: -400...400, using: &random)), bytes.count - 1)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...600, using: &random)))
            default: bytes.insert(contentsOf: someText(Int.random(in: 1...600, using: &random)), at: place)
            }
        }
        return bytes
    }
}
