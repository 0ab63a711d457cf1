import Foundation
import Readers
import Records
import Testing

@Suite struct ArchiveTests {
    static let files = [
        ("a.csv", 100), ("empty.csv", 0), ("dir/b.csv", 200_000), ("dir/ünï.csv", 70_000), ("z.csv", 1),
    ]
    .enumerated().map { (name: $1.0, bytes: someText($1.1, seed: UInt64($0))) }

    struct Packing: CustomTestStringConvertible {
        var format: ArchiveFormat
        var compression: Compression?
        var script: String
        var testDescription: String { script }

        static let all =
            ["ustar", "gnu", "pax"].map {
                Packing(format: .tar, script: "tar --format=\($0) --no-recursion -cf packed")
            }
            + Compression.allCases.map {
                Packing(format: .tar, compression: $0, script: "tar -I '\($0.tool)' --no-recursion -cf packed")
            } + [Packing(format: .zip, script: "zip -qX packed"), Packing(format: .zip, script: "zip -qX0 packed")]

        func pack() throws -> [UInt8] {
            let folder = try PackingFolder()
            for file in files { try folder.write(file.bytes, to: file.name) }
            let names = (["dir"] + files.map(\.name)).joined(separator: " ")
            try folder.run("\(script) \(names); mv packed.zip packed 2> /dev/null || true")
            return try folder.read("packed")
        }
    }

    @Test(arguments: Packing.all) func whatWasPackedIsReadBack(packing: Packing) throws {
        let packed = try packing.pack()
        for step in [700, 99_999, .max] {
            let archive = try archive(packed, packing.format, packing.compression, step: step)
            #expect(archive.damage == nil)
            #expect(archive.entries.map(\.index) == Array(0...Self.files.count))
            #expect(archive.entries.filter { $0.kind == .directory }.map(\.name) == ["dir/"])
            let entries = archive.entries.filter { $0.kind == .file }
            #expect(entries.map(\.name) == Self.files.map(\.name))
            #expect(entries.map(\.size) == Self.files.map { UInt64($0.bytes.count) })
            for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 2, 0, 3]] {
                for index in order {
                    let source = try archive.source(of: entries[index])
                    #expect(source.size == nil)
                    #expect(try source.all(step: step) == Self.files[index].bytes)
                }
            }
        }
    }

    @Test(arguments: Packing.all) func seekingGoesAnywhereWhileOthersRead(packing: Packing) throws {
        let archive = try archive(try packing.pack(), packing.format, packing.compression)
        let entries = archive.entries.filter { $0.kind == .file }
        var sources = try entries.map { try archive.source(of: $0) }
        var random = SplitMix(state: 4)
        for _ in 0..<30 {
            let index = Int.random(in: entries.indices, using: &random)
            let bytes = Self.files[index].bytes
            let offset = Int.random(in: 0...bytes.count, using: &random)
            sources[index].seek(to: UInt64(offset))
            var buffer = [UInt8](repeating: 0, count: 1000)
            let count = try buffer.withUnsafeMutableBytes { try sources[index].read(into: $0) }
            #expect(buffer[..<count] == bytes[offset..<(offset + count)])
            #expect(count > 0 || offset == bytes.count)
        }
    }

    @Test func entriesReadInOrderShareOnePass() throws {
        let packed = try Packing.all[3].pack()
        let opened = OpenCount()
        let archive = try Archive(.tar, compression: .gzip, name: "a.tar.gz") {
            opened.add()
            return TrickleSource(packed)
        }
        let before = opened.value
        let entries = archive.entries.filter { $0.kind == .file }
        var read: [ArchiveEntrySource] = []
        for (entry, file) in zip(entries, Self.files) {
            let source = try archive.source(of: entry)
            #expect(try source.all(step: 1000) == file.bytes)
            read.append(source)
        }
        #expect(opened.value == before + 1)
        #expect(try archive.source(of: entries[0]).all() == Self.files[0].bytes)
        #expect(opened.value == before + 2)
    }

    @Test func anEntryThatIsDroppedHalfReadLeavesItsPassToTheNext() throws {
        let packed = try Packing.all[3].pack()
        let opened = OpenCount()
        let archive = try Archive(.tar, compression: .gzip, name: "a.tar.gz") {
            opened.add()
            return TrickleSource(packed)
        }
        let before = opened.value
        let entries = archive.entries.filter { $0.kind == .file }
        var buffer = [UInt8](repeating: 0, count: 10)
        for entry in entries {
            var source = try archive.source(of: entry)
            _ = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
        }
        #expect(opened.value == before + 1)
    }

    @Test func aCSVReaderReadsAnEntryAndGoesOnFromAnyChunk() throws {
        let csv = Array("n,text\n".utf8) + (1...3000).flatMap { Array("\($0),\"a\n\($0 * 7919)\"\n".utf8) }
        let folder = try PackingFolder()
        try folder.write(someText(5000), to: "before")
        try folder.write(csv, to: "data.csv")
        try folder.run("tar -czf a.tar.gz before data.csv && zip -q a.zip before data.csv")
        for archive in [
            try archive(folder.read("a.tar.gz"), .tar, .gzip), try archive(folder.read("a.zip"), .zip),
        ] {
            try checkCSVReading(of: csv, from: try archive.source(of: archive.entries[1]))
        }
    }

    @Test func severalThreadsReadOneArchive() async throws {
        let archive = try archive(try Packing.all[3].pack(), .tar, .gzip)
        let entries = archive.entries.filter { $0.kind == .file }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<40 {
                let index = round % entries.count
                group.addTask {
                    let bytes = try archive.source(of: entries[index]).all(step: 997)
                    #expect(bytes == Self.files[index].bytes)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func holesOfASparseFileAreZeros() throws {
        let folder = try PackingFolder()
        try folder.run("truncate -s 5000000 f; printf abc >> f; truncate -s 9000000 f; tar -S -cf a.tar f")
        let archive = try archive(folder.read("a.tar"), .tar)
        #expect(try archive.source(of: archive.entries[0]).all() == folder.read("f"))
    }

    @Test func zipsOfAllKindsAreRead() throws {
        let folder = try PackingFolder()
        let zips = [
            "with z.open('a', 'w', force_zip64=True) as f: f.write(b'x' * 70000)",
            "z.writestr('a', 'x' * 70000, zipfile.ZIP_BZIP2)", "z.writestr('a', 'x' * 70000, zipfile.ZIP_LZMA)",
            "z.writestr('a', 'x' * 70000); z.comment = b'y' * 10000",
            // Written to a pipe: the sizes follow the bytes.
            "z.close(); out = type('Pipe', (io.BytesIO,), {'seek': lambda *a: open('/nowhere')})(); "
                + "z = zipfile.ZipFile(out, 'w', 8); z.writestr('a', 'x' * 70000)",
        ]
        for script in zips {
            let archive = try archive(try folder.python(script), .zip, step: 1000)
            try #require(archive.entries.map(\.size) == [70_000])
            #expect(
                try archive.source(of: archive.entries[0]).all() == [UInt8](repeating: UInt8(ascii: "x"), count: 70_000)
            )
        }
    }

    @Test func linksAndPipesAreListedAndNotRead() throws {
        let folder = try PackingFolder()
        try folder.run("echo x > f; ln -s f soft; ln f hard; mkfifo pipe; mkdir d; tar -cf a.tar f soft hard pipe d")
        let archive = try archive(folder.read("a.tar"), .tar)
        #expect(archive.entries.map(\.kind) == [.file, .link, .link, .special, .directory])
        let errors = archive.entries.map { entry in dataError { try archive.source(of: entry) }?.message }
        #expect(
            errors == [
                nil, "a.archive: soft is a link, not a file", "a.archive: hard is a link, not a file",
                "a.archive: pipe is a device, a pipe or a socket, not a file",
                "a.archive: d/ is a directory, not a file",
            ])
    }

    @Test func namesAreTextThatCanBePrinted() throws {
        let folder = try PackingFolder()
        let tar = try folder.python(
            """
            add('plain'); add('./dotted'); add('日本'); add('a\\x1b[1m\\nb'); add('sp ace'); add('caf\\udc82')
            """)
        let shown = ["plain", "dotted", "日本", "a\\u{1B}[1m\\u{A}b", "sp ace", "café"]
        #expect(try archive(tar, .tar).entries.map(\.name) == shown)
        // A zip of old: its names are in code page 437, and nothing says so.
        let zip = try folder.python(
            "z.writestr('caf~.csv', 'x'); z.writestr('日本', 'x'); z.close(); "
                + "out = io.BytesIO(out.getvalue().replace(b'caf~', b'caf\\x82'))")
        #expect(try archive(zip, .zip).entries.map(\.name) == ["café.csv", "日本"])
    }
}
