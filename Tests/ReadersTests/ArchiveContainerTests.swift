import Readers
import Records
import Testing

@Suite struct ArchiveContainerTests {
    static let texts: [[UInt8]] = ["", "a", "a,b\n1,2\n", "BZh9,price\n1,2\n", "PK,name\n", "{}", "7zXZ"].map {
        Array($0.utf8)
    }

    @Test(arguments: texts) func textIsPlain(text: [UInt8]) throws {
        #expect(Container.detect(head: text) == .plain)
        #expect(Container.detect(head: text + [UInt8](repeating: 0, count: 600)) == .plain)
        #expect(try Container.detect(name: "a") { TrickleSource(text, step: 1) } == .plain)
    }

    @Test(arguments: Compression.allCases) func aCompressedFileIsRecognised(compression: Compression) throws {
        for text in Self.texts + [someText(3000)] {
            let packed = try compression.pack(text)
            #expect(try Container.detect(name: "a") { TrickleSource(packed, step: 7) } == .compressed(compression))
        }
    }

    @Test(arguments: [nil] + Compression.allCases.map { $0 })
    func aTarIsRecognisedInsideItsCompression(compression: Compression?) throws {
        for format in ["ustar", "gnu", "pax", "v7"] {
            let folder = try PackingFolder()
            try folder.write(someText(100), to: "data.csv")
            try folder.run("tar --format=\(format) -cf a.tar data.csv")
            let tar = try folder.read("a.tar")
            let packed = try compression?.pack(tar) ?? tar
            #expect(try Container.detect(name: "a") { TrickleSource(packed, step: 100) } == .archive(.tar, compression))
        }
    }

    @Test func aZipIsRecognised() throws {
        let folder = try PackingFolder()
        let plain = try folder.python("z.writestr('a.csv', 'x')")
        let empty = try folder.python("z.comment = b'nothing in it'")
        for zip in [plain, empty] { #expect(Container.detect(head: zip) == .archive(.zip, nil)) }
        #expect(try archive(empty, .zip).entries.isEmpty)
    }

    /// Programs for Windows write backslashes, which become slashes, and then any letters.
    @Test func aNameOfAZipMadeOnWindowsIsReadWhateverItsLetters() throws {
        let zip = try PackingFolder().python(
            """
            for name in ('wörk\\\\a.csv', 'plain\\\\b.csv', '日本\\\\語.csv'):
                i = zipfile.ZipInfo('x'); i.filename = name; i.create_system = 0; z.writestr(i, 'x')
            """)
        #expect(try archive(zip, .zip).entries.map(\.name) == ["wörk/a.csv", "plain/b.csv", "日本/語.csv"])
    }

    @Test func aCompressedFileInsideACompressedFileIsExpandedOnce() throws {
        for compression in Compression.allCases {
            let once = try compression.pack(someText(1000))
            let twice = try compression.pack(once)
            #expect(try CompressedSource(compression, name: "a") { TrickleSource(twice) }.all() == once)
        }
    }
}
