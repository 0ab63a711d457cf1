import Foundation
import Readers
import Records
import Testing

@Suite struct ArchiveLimitTests {
    /// 5 MiB may come out at any ratio, so that a bomb can be small.
    static let strict: ExpansionLimits = {
        var limits = ExpansionLimits()
        limits.ratioFreeBytes = 5 << 20
        limits.ratio = 100
        return limits
    }()

    @Test(arguments: Compression.allCases) func aCompressedBombIsRefused(compression: Compression) throws {
        let folder = try PackingFolder()
        try folder.run("head -c 100000000 /dev/zero | \(compression.tool) -c > bomb")
        let packed = try folder.read("bomb")
        let source = CompressedSource(compression, name: "a.gz", limits: Self.strict) { TrickleSource(packed) }
        let (count, error) = try length(of: source)
        #expect(count <= 64 << 20, "it was noticed early")
        #expect(error?.code == .malformed)
        #expect(error?.message.contains("more than 100 to 1, the limit") == true)
        #expect(dataError { try archive(packed, .tar, compression, limits: Self.strict) } != nil)
    }

    @Test func textThatRepeatsItselfIsNoBomb() throws {
        let folder = try PackingFolder()
        try folder.run("yes 2024-01-01,0.0,OK | head -c 50000000 | gzip -c > log.gz")
        let packed = try folder.read("log.gz")
        var limits = ExpansionLimits()
        limits.ratioFreeBytes = 5 << 20
        let source = CompressedSource(.gzip, name: "log.gz", limits: limits) { TrickleSource(packed) }
        let (count, error) = try length(of: source)
        #expect(count == 50_000_000)
        #expect(error == nil)
    }

    @Test func moreBytesThanTheLimitAreRefused() throws {
        var limits = ExpansionLimits()
        limits.expandedBytes = 1000
        let packed = try Compression.gzip.pack(someText(1001))
        let source = CompressedSource(.gzip, name: "a.gz", limits: limits) { TrickleSource(packed) }
        #expect(try length(of: source).error?.message == "a.gz expands to more than 1000 bytes, the limit")
        limits.expandedBytes = 1001
        let allowed = CompressedSource(.gzip, name: "a.gz", limits: limits) { TrickleSource(packed) }
        #expect(try allowed.all() == someText(1001))

        let tar = try PackingFolder().python("[add('a%d' % i, b'x' * 400) for i in range(3)]")
        #expect(dataError { try archive(tar, .tar, limits: limits) }?.message.contains("more than 1001 bytes") == true)
    }

    @Test func aZipThatExpandsTooFarIsRefusedWhenItIsListed() throws {
        let zip = try PackingFolder().python("z.writestr('zeros.csv', bytes(20000000))")
        let error = dataError { try archive(zip, .zip, limits: Self.strict) }
        #expect(error?.code == .malformed)
        #expect(error?.message.hasPrefix("a.archive expands to 20000000 bytes and more from") == true)
        #expect(try archive(zip, .zip).entries.count == 1)
    }

    @Test func aZipWhoseHeadersLieIsRefusedWhenItIsRead() throws {
        // Both headers say that the entry has 1,000 bytes.
        let zip = try PackingFolder().python(
            "z.writestr('zeros.csv', bytes(20000000)); z.close(); "
                + "out = io.BytesIO(out.getvalue().replace((20000000).to_bytes(4, 'little'), (1000).to_bytes(4, 'little')))"
        )
        let archive = try archive(zip, .zip, limits: Self.strict)
        #expect(archive.entries[0].size == 1000)
        let (count, error) = try length(of: try archive.source(of: archive.entries[0]))
        #expect(count < 1 << 20)
        #expect(error?.message == "zeros.csv in a.archive has more than the 1000 bytes that its header says")
    }

    @Test func entriesThatOverlapCountEach() throws {
        // 50 lines of the table lead to the same compressed bytes, each by a header of its own.
        let zip = try PackingFolder().python(
            """
            import struct
            z.close()
            data = zlib.compressobj(9, zlib.DEFLATED, -15); body = data.compress(bytes(1000000)) + data.flush()
            crc = zlib.crc32(bytes(1000000)); table = b''; out = io.BytesIO()
            fields = struct.pack('<HHHHHIIIHH', 20, 0, 8, 0, 33, crc, len(body), 1000000, 4, 0)
            for i in range(50):
                table += b'PK\\x01\\x02\\x14\\0' + fields + struct.pack('<HHHII', 0, 0, 0, 0, out.tell()) + b'%04d' % i
                if i % 2: out.write(b'PK\\x03\\x04' + fields + b'%04d' % i)
                else: out.write(b'PK\\x03\\x04' + fields + b'%04d' % i + body)
            start = out.tell()
            out.write(table + b'PK\\x05\\x06' + struct.pack('<HHHHIIH', 0, 0, 50, 50, len(table), start, 0))
            """)
        #expect(
            dataError { try archive(zip, .zip, limits: Self.strict) }?.message.contains("more than 100 to 1") == true)
    }

    @Test func moreEntriesThanTheLimitAreRefused() throws {
        let folder = try PackingFolder()
        let zip = try folder.python("[z.writestr('f%d' % i, 'x') for i in range(20)]")
        let tar = try folder.python("[add('f%d' % i, b'x') for i in range(20)]")
        var limits = ExpansionLimits()
        for (packed, format) in [(zip, ArchiveFormat.zip), (tar, .tar)] {
            limits.entries = 19
            #expect(
                dataError { try archive(packed, format, limits: limits) }?.message
                    == "a.archive has more than 19 entries, the limit")
            limits.entries = 20
            #expect(try archive(packed, format, limits: limits).entries.count == 20)
        }
    }

    @Test func aZipWithAHugeTableIsRefusedBeforeItIsRead() throws {
        let zip = try PackingFolder().python("[z.writestr('f%d' % i, '') for i in range(30000)]")
        var limits = ExpansionLimits()
        limits.entries = 10
        let error = dataError { try archive(zip, .zip, limits: limits) }
        #expect(error?.message == "a.archive has more than 10 entries, the limit")
    }

    static let dangerousNames = [
        ("../a", "leads out of its folder"), ("a/../../b", "leads out of its folder"),
        ("/etc/passwd", "begins at the root"),
        ("C:/a", "begins with a drive letter"), ("c:a", "begins with a drive letter"),
        ("..", "leads out of its folder"),
        ("..\\\\a", "leads out of its folder"), ("\\\\\\\\host\\\\a", "begins at the root"),
        ("a" + String(repeating: "/b", count: 2100), "is longer than 4096 bytes"),
    ]

    @Test(arguments: dangerousNames) func aNameThatLooksLikeAnAttackIsRefused(name: String, danger: String) throws {
        let folder = try PackingFolder()
        let zip = try folder.python("z.writestr('good', 'x'); z.writestr('\(name)', 'x')")
        let tar = try folder.python("add('good', b'x'); add('\(name)', b'x')")
        for (packed, format) in [(zip, ArchiveFormat.zip), (tar, .tar)] {
            let error = dataError { try archive(packed, format) }
            #expect(error?.code == .malformed)
            #expect(error?.message.hasPrefix("a.archive: the name of entry 2, `") == true, "\(format) \(error as Any)")
            #expect(error?.message.hasSuffix(danger) == true, "\(format) \(error as Any)")
        }
    }

    @Test(arguments: ["a..b", "..a/b..", "a/b:c", "été", ".hidden", "a//b"]) func otherNamesAreNot(name: String) throws
    {
        let tar = try PackingFolder().python("add('\(name)', b'x')")
        #expect(try archive(tar, .tar).entries.map(\.name) == [name])
    }

    @Test func twoFilesOfOneNameAreRefused() throws {
        let folder = try PackingFolder()
        let zip = try folder.python("z.writestr('a', 'x'); z.writestr('a', 'y')")
        let tar = try folder.python(
            "add('d', type=tarfile.DIRTYPE); add('d', type=tarfile.DIRTYPE); add('a'); add('./a')")
        for (packed, format) in [(zip, ArchiveFormat.zip), (tar, .tar)] {
            #expect(dataError { try archive(packed, format) }?.message == "a.archive has two files named a")
        }
    }

    @Test func anEncryptedEntryIsListedAndNotRead() throws {
        let folder = try PackingFolder()
        try folder.run("echo secret > s; echo open > o; zip -qP word a.zip s; zip -q a.zip o")
        let archive = try archive(folder.read("a.zip"), .zip)
        #expect(archive.entries.map(\.isEncrypted) == [true, false])
        #expect(dataError { try archive.source(of: archive.entries[0]) }?.message == "a.archive: s is encrypted")
        #expect(try archive.source(of: archive.entries[1]).all() == Array("open\n".utf8))
    }

    @Test func anArchiveInsideAnArchiveIsRefused() throws {
        let folder = try PackingFolder()
        try folder.run("echo a > a; zip -q a.zip a; tar -cf in.tar a; gzip -k a; tar -cf a.tar a a.gz a.zip in.tar")
        let archive = try archive(folder.read("a.tar"), .tar)
        let messages = try archive.entries.map { entry in
            let head = Array(try archive.source(of: entry).all().prefix(Container.headBytes))
            return dataError { try entry.refuseNestedArchive(head: head, in: "a.tar") }?.message
        }
        let end = "is an archive, and an archive inside an archive is not opened"
        #expect(messages == [nil, nil, "a.tar: a.zip \(end)", "a.tar: in.tar \(end)"])
    }

    @Test func aZipThatCannotSeekIsRefused() throws {
        let zip = try PackingFolder().python("z.writestr('a', 'x')")
        let error = dataError { try Archive(.zip, name: "-") { PipeSource(zip) } }
        #expect(error?.message == "cannot read -: a zip is read from its end, and this source cannot seek")
    }

    /// How many bytes come, without keeping them.
    private func length(of source: some ByteSource) throws -> (count: Int, error: DataError?) {
        var source = source
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        do {
            while true {
                let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
                if count == 0 { return (total, nil) }
                total += count
            }
        } catch let error as DataError {
            return (total, error)
        }
    }
}
