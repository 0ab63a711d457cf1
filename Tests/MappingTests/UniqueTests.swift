import Foundation
import Mapping
import Records
import Testing

@Suite struct UniqueTests {
    static let mapping = SectionMapping.with {
        $0.columns = [
            "a": .with { $0.unique = true },
            "b": .with {
                $0.unique = true
                $0.maxLength = 3
            },
        ]
    }

    /// Applies the mapper to rows in chunks of `size`, and gives the rejects' messages by record.
    func apply(
        _ mapper: inout Mapper, _ rows: [[String?]], size: Int, from first: Int = 1
    ) throws -> [UInt64: String] {
        var messages: [UInt64: String] = [:]
        for start in stride(from: 0, to: rows.count, by: size) {
            let part = Array(rows[start..<min(start + size, rows.count)])
            var chunk = Chunk(rows: part, columns: rows[0].count, firstRecord: UInt64(first + start))
            try mapper.apply(to: &chunk)
            for reject in chunk.rejects { messages[reject.location.record] = reject.message }
        }
        return messages
    }

    static let rows: [[String?]] = [
        ["1", "x"], ["2", "y"], ["1", "z"], ["3", "long"], ["3", "z"], [nil, nil], [nil, nil], ["2~", "x"], ["", "w"],
        ["", "w"],
    ]

    static let messages: [UInt64: String] = [
        3: "a: `1` is in record 1 already (rule unique)", 4: "b: `long` has more than 3 characters (rule max_length)",
        8: "a: `2` is in record 2 already (rule unique); b: `x` is in record 1 already (rule unique)",
        10: "a: `` is in record 9 already (rule unique); b: `w` is in record 9 already (rule unique)",
    ]

    @Test(arguments: [1, 2, 3, 100])
    func aValueIsAcceptedOnceWhateverTheChunks(size: Int) throws {
        var mapper = try Mapper(Self.mapping, sourceColumns: ["a", "b"])
        #expect(try apply(&mapper, Self.rows, size: size) == Self.messages)
    }

    @Test(arguments: 0...rows.count)
    func aNewMapperThatGetsTheEarlierChunksAgainGoesOnAlike(cut: Int) throws {
        var mapper = try Mapper(Self.mapping, sourceColumns: ["a", "b"])
        if cut > 0 { _ = try apply(&mapper, Array(Self.rows[..<cut]), size: 2) }
        if cut < Self.rows.count {
            let rest = try apply(&mapper, Array(Self.rows[cut...]), size: 3, from: cut + 1)
            #expect(rest == Self.messages.filter { $0.key > cut })
        }
    }

    @Test func aChunkCanBeAppliedTwice() throws {
        var mapper = try Mapper(Self.mapping, sourceColumns: ["a", "b"])
        for _ in 0..<2 { #expect(try apply(&mapper, Self.rows, size: 4) == Self.messages) }
    }

    @Test func aCopyGoesItsOwnWay() throws {
        var mapper = try Mapper(Self.mapping, sourceColumns: ["a", "b"])
        var copy = mapper
        #expect(try apply(&copy, [["1", "1"]], size: 1).isEmpty)
        #expect(try apply(&mapper, [["1", "1"]], size: 1, from: 2).isEmpty)
    }

    @Test func valuesAreComparedAsTheyGoIntoTheTable() throws {
        let mapping = SectionMapping.with {
            $0.columns = [
                "a": .with {
                    $0.unique = true
                    $0.format = "d-M-yyyy"
                }
            ]
        }
        var mapper = try Mapper(mapping, sourceColumns: ["a"])
        let messages = try apply(&mapper, [["1-2-2024"], ["01-02-2024"], ["1-3-2024"]], size: 9)
        #expect(messages == [2: "a: `01-02-2024` is in record 1 already (rule unique)"])
    }

    @Test func manyValuesMoveIntoAFileThatHasNoName() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("unique-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let mapping = SectionMapping.with { $0.columns = ["a": .with { $0.unique = true }] }
        var mapper = try Mapper(mapping, sourceColumns: ["a"], temporaryDirectory: directory)
        // That the file is made at all shows where its folder is missing: the next test.
        let count = 250_000
        #expect(try apply(&mapper, (0..<count).map { ["v\($0)"] }, size: 10_000).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)

        var copy = mapper
        let again = try apply(&mapper, (0..<count).map { ["v\($0)"] }, size: 10_000, from: count + 1)
        #expect(again.count == count)
        #expect(again[UInt64(count + 77)] == "a: `v76` is in record 77 already (rule unique)")
        #expect(try apply(&copy, (count..<count + 1000).map { ["v\($0)"] }, size: 1000, from: count + 1).isEmpty)
    }

    @Test func aMissingFolderIsAnErrorOnceTheValuesAreMany() throws {
        let mapping = SectionMapping.with { $0.columns = ["a": .with { $0.unique = true }] }
        var mapper = try Mapper(mapping, sourceColumns: ["a"], temporaryDirectory: "/nowhere")
        let error = #expect(throws: DataError.self) {
            _ = try apply(&mapper, (0..<100_000).map { ["v\($0)"] }, size: 10_000)
        }
        #expect(
            error?.message
                == "cannot make a temporary file for unique columns in /nowhere: No such file or directory")
    }

    /// Made with OpenSSL: `openssl mac -macopt hexkey:0001…0f -macopt size:16 SIPHASH`.
    @Test(
        arguments: [
            (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
            (8, "3b62a9ba6258f5610f83e264f31497b4"), (17, "473d06e8738db89854c066c47ae47740"),
        ])
    func theFingerprintIsSipHash(length: Int, expected: String) {
        let hash = SipHash(key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
        let fingerprint = Array(0..<UInt8(length)).withUnsafeBytes { hash($0) }
        let words = [fingerprint.low, fingerprint.high].map { word in
            (0..<8).map { byte in
                let text = String(word >> UInt64(byte * 8) & 0xFF, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
        }
        #expect(words.joined() == expected)
    }
}
