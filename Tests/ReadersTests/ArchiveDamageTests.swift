import Foundation
import Readers
import Records
import Testing

@Suite struct ArchiveDamageTests {
    /// Windows packs files of more than 2 GB so.
    @Test func aWayToPackThatIsNotReadIsNoDamage() throws {
        var zip = try PackingFolder().python("z.writestr('a.csv', 'id\\n1\\n')")
        let entry = try #require(zip.firstRange(of: Array("PK\u{3}\u{4}".utf8))?.lowerBound)
        let listed = try #require(zip.firstRange(of: Array("PK\u{1}\u{2}".utf8))?.lowerBound)
        (zip[entry + 8], zip[listed + 10]) = (9, 9)
        let packed = try archive(zip, .zip)
        let error = #expect(throws: DataError.self) {
            _ = try packed.source(of: packed.entries[0]).all()
        }
        #expect(error?.message.hasPrefix("cannot read a.csv in") == true, "\(error.map { "\($0)" } ?? "")")
        #expect(error?.remedy?.hasPrefix("Unpack the archive with its own tool") == true)
    }

    static let text = someText(400_000)

    private func expanded(_ compression: Compression, _ packed: [UInt8], step: Int = .max) throws -> Outcome {
        try Outcome(CompressedSource(compression, name: "data.gz") { TrickleSource(packed, step: step) })
    }

    /// What came is the text's beginning, and the error says how long that is.
    private func check(
        _ outcome: Outcome, isStartOf text: [UInt8], _ name: String = "data.gz",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(text.starts(with: outcome.bytes), sourceLocation: sourceLocation)
        #expect(outcome.error?.code == .unreadable, sourceLocation: sourceLocation)
        let place = "cannot read \(name) beyond byte \(outcome.bytes.count) of its uncompressed data: "
        #expect(outcome.error?.message.hasPrefix(place) == true, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.error?.remedy != nil, sourceLocation: sourceLocation)
    }

    @Test(arguments: Compression.allCases) func aCutFileGivesWhatWasThere(compression: Compression) throws {
        let packed = try compression.pack(Self.text)
        for cut in [packed.count - 1, packed.count - 4, packed.count - 9, packed.count / 2, 20, 11] {
            for step in [1000, .max] {
                let outcome = try expanded(compression, Array(packed[..<cut]), step: step)
                check(outcome, isStartOf: Self.text)
                if compression == .gzip && cut >= packed.count - 4 { #expect(outcome.bytes == Self.text) }
                // The whole text is one block of bzip2.
                if cut == packed.count / 2 && compression != .bzip2 { #expect(outcome.bytes.count > 0) }
            }
        }
        check(
            try expanded(compression, Array(try compression.pack(Array("a,b\n".utf8)).dropLast(3))),
            isStartOf: Array("a,b\n".utf8))
    }

    @Test(arguments: Compression.allCases, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    func aChangedByteIsNoticed(compression: Compression, seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var packed = try compression.pack(Self.text)
        packed[Int.random(in: 40..<(packed.count - 40), using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        let outcome = try expanded(compression, packed)
        #expect(outcome.error?.code == .unreadable)
        #expect(outcome.error?.message.contains("\(outcome.bytes.count)") == true)
    }

    @Test(arguments: [-1, -8]) func aGzipWithAWrongLengthOrChecksumIsNoticedAfterAllItsBytes(place: Int) throws {
        var packed = try Compression.gzip.pack(Self.text)
        packed[packed.count + place] ^= 1
        let outcome = try expanded(.gzip, packed)
        #expect(outcome.bytes == Self.text)
        check(outcome, isStartOf: Self.text)
    }

    @Test(arguments: Compression.allCases) func garbageAfterTheEndIsNoticedAfterAllBytes(compression: Compression)
        throws
    {
        let packed = try compression.pack(Self.text)
        for garbage in ["garbage, and more of it", "g"] {
            let outcome = try expanded(compression, packed + Array(garbage.utf8))
            check(outcome, isStartOf: Self.text)
            #expect(outcome.bytes.count > Self.text.count - (128 << 10))
            if compression == .gzip { #expect(outcome.bytes == Self.text) }
        }
    }

    @Test func anErrorOfTheSourceIsNotTakenForDamage() throws {
        struct Failing: ByteSource {
            var source: TrickleSource
            var size: UInt64? { source.size }
            mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                if source.offset >= 2000 { throw DataError(.unreadable, "the disk is broken") }
                return try source.read(into: buffer)
            }
            mutating func seek(to offset: UInt64) throws { try source.seek(to: offset) }
        }
        for compression in Compression.allCases {
            let packed = try compression.pack(Self.text)
            let source = CompressedSource(compression, name: "a") { Failing(source: TrickleSource(packed, step: 1000)) }
            #expect(try Outcome(source).error?.message == "the disk is broken")
        }
        let folder = try PackingFolder()
        try folder.write(Self.text, to: "a")
        try folder.run("tar -cf a.tar a; zip -q a.zip a")
        for format in [ArchiveFormat.tar, .zip] {
            let packed = try folder.read("a.\(format.rawValue)")
            let isBroken = OpenCount()
            let archive = try Archive(format, name: "a") {
                if isBroken.value == 0 { return TrickleSource(packed) }
                return Failing(source: TrickleSource(packed, step: 1000))
            }
            isBroken.add()
            #expect(try Outcome(archive.source(of: archive.entries[0])).error?.message == "the disk is broken")
        }
    }

    @Test(arguments: [nil, Compression.gzip, .zstd]) func aCutTarGivesWhatWasThere(compression: Compression?) throws {
        let folder = try PackingFolder()
        try folder.write(Self.text, to: "a.csv")
        try folder.write(someText(300_000, seed: 2), to: "b.csv")
        try folder.run("tar -cf a.tar a.csv b.csv")
        let tar = try folder.read("a.tar")
        let packed = try compression?.pack(tar) ?? tar
        let archive = try archive(Array(packed[..<(packed.count * 9 / 10)]), .tar, compression)
        #expect(archive.entries.map(\.name) == ["a.csv", "b.csv"])
        #expect(archive.damage?.code == .unreadable)
        #expect(try archive.source(of: archive.entries[0]).all() == Self.text)
        let outcome = try Outcome(archive.source(of: archive.entries[1]))
        #expect(outcome.bytes.count > 50_000)
        #expect(someText(300_000, seed: 2).starts(with: outcome.bytes))
        #expect(outcome.error?.code == .unreadable)
        if compression == nil { check(outcome, isStartOf: someText(300_000, seed: 2), "b.csv in a.archive") }
    }

    @Test func aTarThatIsCutBetweenTwoEntriesIsNoticed() throws {
        let folder = try PackingFolder()
        try folder.write(Self.text, to: "a.csv")
        try folder.run("tar -cf a.tar a.csv a.csv")
        let end = 512 + (Self.text.count + 511) / 512 * 512
        let archive = try archive(Array(folder.read("a.tar")[..<end]), .tar)
        #expect(
            archive.damage?.message.contains(
                "after or in its entry a.csv: it ends at byte \(end) without an end marker")
                == true)
        #expect(try archive.source(of: archive.entries[0]).all() == Self.text)
    }

    @Test func zerosOfAnEntryThatWasSkippedAreNoEndMark() throws {
        let folder = try PackingFolder()
        try folder.run("truncate -s 1M a; tar -cf a.tar a")
        let archive = try archive(Array(folder.read("a.tar")[..<(512 + 1 << 20)]), .tar)
        #expect(archive.damage?.message.contains("without an end marker") == true)
    }

    @Test func bytesAfterATarsEndAreNoticed() throws {
        let folder = try PackingFolder()
        try folder.run("echo a > a; tar -cf a.tar a; cat a.tar a.tar > two.tar")
        let archive = try archive(folder.read("two.tar"), .tar)
        #expect(archive.entries.count == 1)
        #expect(archive.damage?.message.contains("other bytes follow its end") == true)
    }

    @Test func aChecksumAtTheEndOfATarGzIsCompared() throws {
        let folder = try PackingFolder()
        try folder.run("echo a > a; tar -czf a.tar.gz a")
        var packed = try folder.read("a.tar.gz")
        packed[packed.count - 6] ^= 1
        #expect(try archive(packed, .tar, .gzip).damage?.message.contains("incorrect data check") == true)
    }

    @Test func aDamagedTarHeaderEndsTheListing() throws {
        let folder = try PackingFolder()
        try folder.run("echo a > a; echo b > b; tar -cf a.tar a b")
        var packed = try folder.read("a.tar")
        packed[1024 + 5] ^= 1
        let damaged = try archive(packed, .tar)
        #expect(damaged.entries.map(\.name) == ["a"])
        #expect(damaged.damage?.message.contains("after or in its entry a") == true)
        packed[5] ^= 1
        #expect(dataError { try archive(packed, .tar) }?.code == .unreadable)
    }

    @Test func aZipWithoutItsTableIsRefused() throws {
        let folder = try PackingFolder()
        try folder.write(Self.text, to: "a.csv")
        try folder.run("zip -q a.zip a.csv")
        let zip = try folder.read("a.zip")
        for cut in [zip.count - 1, zip.count - 30, zip.count / 2, 10] {
            let error = dataError { try archive(Array(zip[..<cut]), .zip) }
            #expect(error?.code == .unreadable)
            #expect(error?.message.hasPrefix("cannot read the archive a.archive at its beginning: ") == true)
        }
    }

    /// Each with `a.csv` as the only entry of its table, `packed` being the zip as it should be.
    @Test(
        arguments: [
            ("b + packed", "142 bytes belong to no listed entry"),
            ("packed[:40] + packed", "40 bytes belong to no listed entry"),
            ("packed + b'junk'", "but other data follows"),
            ("packed + bytes(9) + b'x'", "but other data follows"),
            ("packed + bytes(100)", nil), ("packed", nil),
            ("packed.replace(b'a.csv', b'b.csv', 1)", "whose own header says b.csv"),
            // As a tool mends the table where something is before the zip.
            (
                "(lambda s, e: b + s[:e+42] + (len(b)).to_bytes(4, 'little') + s[e+46:-6] + (len(b) + e).to_bytes(4, 'little')"
                    + " + s[-2:])(packed, packed.index(b'PK\\1\\2'))", "142 bytes belong to no listed entry"
            ),
        ] as [(String, String?)])
    func bytesOfAZipThatBelongToNoEntryAreNoticed(script: String, reason: String?) throws {
        let zip = try PackingFolder().python(
            """
            z.writestr('a.csv', 'a,b\\n1,2\\n'); z.close(); packed = out.getvalue()
            other = io.BytesIO(); o = zipfile.ZipFile(other, 'w'); o.writestr('stops.csv', 'a,b\\n3,4\\n'); o.close()
            b = other.getvalue(); b = b + bytes(142 - len(b)) if len(b) < 142 else b[:142]
            out = io.BytesIO(\(script))
            """)
        let archive = try archive(zip, .zip)
        #expect(archive.entries.count == 1)
        #expect(archive.damage?.message.contains(reason ?? "") == reason.map { _ in true }, "\(archive.damage as Any)")
    }

    @Test func aChecksumThatOnlyTheTableOfAZipHasIsNoticed() throws {
        let zip = try PackingFolder().python(
            """
            z.writestr('a.csv', 'a,b\\n1,2\\n'); z.close(); packed = bytearray(out.getvalue())
            place = packed.index(b'PK\\1\\2') + 16; packed[place] ^= 1; out = io.BytesIO(packed)
            """)
        #expect(dataError { try archive(zip, .zip) }?.message.contains("Inconsistent CRC32") == true)
    }

    @Test(arguments: [0, 6]) func aChangedByteInAZipIsNoticed(level: Int) throws {
        let folder = try PackingFolder()
        try folder.write(Self.text, to: "a.csv")
        try folder.run("zip -q\(level) a.zip a.csv")
        let zip = try folder.read("a.zip")
        for place in [100, zip.count / 2, zip.count - 200] {
            var changed = zip
            changed[place] ^= 4
            let archive = try archive(changed, .zip)
            let outcome = try Outcome(archive.source(of: archive.entries[0]))
            #expect(outcome.error?.code == .unreadable, "\(place)")
            #expect(outcome.error?.message.hasPrefix("cannot read a.csv in a.archive beyond byte ") == true)
            #expect(outcome.bytes.count <= Self.text.count)
        }
    }

    @Test func anArchiveThatChangesBetweenListingAndReadingIsNoticed() throws {
        let folder = try PackingFolder()
        try folder.run("echo a > a; echo b > b; tar -cf a.tar a; tar -cf b.tar b")
        let packed = [try folder.read("a.tar"), try folder.read("b.tar")]
        let isChanged = OpenCount()
        let archive = try Archive(.tar, name: "a.tar") { TrickleSource(packed[isChanged.value]) }
        isChanged.add()
        #expect(try Outcome(archive.source(of: archive.entries[0])).error?.message.contains("archive changed") == true)
    }
}
