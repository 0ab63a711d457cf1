import Foundation
import Glibc
import Readers
import Records
import Testing

@Suite struct SpoolingTests {
    @Test(arguments: [0, 1, 1000, 3_000_000]) func aPipeCanBeSoughtInAfterwards(count: Int) throws {
        let folder = try PackingFolder()
        let bytes = someText(count)
        var source = try FileSource(
            spooling: PipeSource(bytes, step: 70_000), name: "standard input", directory: folder.path)
        #expect(source.size == UInt64(count))
        #expect(try source.all() == bytes)
        try source.seek(to: UInt64(count / 2))
        #expect(try source.all() == Array(bytes[(count / 2)...]))
    }

    @Test func nothingIsInTheFolder() throws {
        let folder = try PackingFolder()
        let source = try FileSource(spooling: PipeSource(someText(10)), name: "-", directory: folder.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        #expect(source.size == 10)
    }

    @Test func moreThanTheLimitIsRefused() throws {
        let folder = try PackingFolder()
        #expect(
            try FileSource(spooling: PipeSource(someText(10)), name: "-", directory: folder.path, limit: 10).size == 10)
        let error = dataError {
            try FileSource(spooling: PipeSource(someText(11)), name: "-", directory: folder.path, limit: 10)
        }
        #expect(error?.code == .malformed)
        #expect(error?.message == "- has more than 10 bytes, the limit for a temporary copy")
    }

    @Test func aMissingFolderIsSaid() throws {
        let error = dataError { try FileSource(spooling: PipeSource([1]), name: "-", directory: "/nowhere/at/all") }
        #expect(error?.code == .unreadable)
        #expect(error?.message.hasPrefix("cannot make a temporary copy of - in /nowhere/at/all: ") == true)
    }

    @Test func anErrorOfTheSourceComesThrough() throws {
        let folder = try PackingFolder()
        let cut = Array(try Compression.gzip.pack(someText(1000)).dropLast(3))
        let source = CompressedSource(.gzip, name: "a.gz") { TrickleSource(cut) }
        let error = dataError { try FileSource(spooling: source, name: "a.gz", directory: folder.path) }
        #expect(error?.message.hasPrefix("cannot read a.gz beyond byte 1000 ") == true)
    }

    @Test func aFullDiskIsSaid() throws {
        let folder = try PackingFolder()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 else {
            let reason = String(cString: strerror(errno))
            if ProcessInfo.processInfo.environment["CI"] == "true" {
                Issue.record("a tmpfs could not be mounted: \(reason)")
            }
            print("NOT TESTED: a full disk, because a tmpfs could not be mounted: \(reason)")
            return
        }
        defer { umount2(folder.path, Int32(MNT_DETACH)) }
        let error = dataError {
            try FileSource(spooling: PipeSource(someText(100_000), step: 10_000), name: "-", directory: folder.path)
        }
        #expect(error?.code == .noSpace)
        #expect(error?.remedy == "Free some space there, or name another folder with TMPDIR.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        #expect(
            try FileSource(spooling: PipeSource(someText(50_000)), name: "-", directory: folder.path).size == 50_000)
    }

    @Test func aZipFromAPipeIsReadFromItsCopy() throws {
        let folder = try PackingFolder()
        let zip = try folder.python("z.writestr('a.csv', 'x')")
        let copy = try FileSource(spooling: PipeSource(zip), name: "-", directory: folder.path)
        let archive = try Archive(.zip, name: "-") { copy }
        #expect(try archive.source(of: archive.entries[0]).all() == Array("x".utf8))
    }
}
