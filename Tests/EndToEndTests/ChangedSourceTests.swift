import Foundation
import Testing

@Suite struct ChangedSourceTests {
    private let space: Workspace
    private let whole: Uninterrupted

    init() throws {
        space = try Workspace()
        try space.generate(3_000, bad: 1)
        whole = try Uninterrupted(space)
        let importing = ["import", "catalogue-1.csv", "--into", "sqlite:shop.db", "--chunk-size", "25"]
        let killed = try space.run(
            importing + Uninterrupted.arguments, environment: ["WAYBILL_FAULT": "after-log-commit:8"])
        try #require(killed.status == -SIGKILL)
    }

    /// Resumes and expects to be refused, with nothing changed.
    private func expectRefused(_ words: String..., status: Int32 = 1) throws {
        let rows = try Table.all(space.file("shop.db"))
        let head = try space.run("log head").output
        let resumed = try space.run("resume 1")
        #expect(resumed.status == status)
        for word in words { #expect(resumed.error.contains(word), "\(resumed.error)") }
        #expect(try Table.all(space.file("shop.db")) == rows)
        #expect(try space.run("log head").output == head)
    }

    private func changeByte(_ offset: Int) throws {
        var bytes = try space.read("catalogue-1.csv")
        bytes[offset] = bytes[offset] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
        try Data(bytes).write(to: URL(fileURLWithPath: space.file("catalogue-1.csv")))
    }

    @Test func anotherSizeIsRefusedWithBothSizes() throws {
        let size = try space.read("catalogue-1.csv").count
        let handle = try #require(FileHandle(forWritingAtPath: space.file("catalogue-1.csv")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("more\n".utf8))
        try handle.close()
        try expectRefused("it has \(size + 5) bytes now and had \(size)")
    }

    @Test func anotherByteInAnImportedChunkIsRefusedWithTheChunk() throws {
        try changeByte(3_000)
        try expectRefused("(chunk 2, lines ", "differ", "Restore the original file")
    }

    @Test func anotherByteIsNoticedThoughTheModificationTimeIsTheOldOne() throws {
        let path = space.file("catalogue-1.csv")
        let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seek(toOffset: 3_000)
        try handle.write(contentsOf: Data("#".utf8))
        try handle.close()
        try FileManager.default.setAttributes([.modificationDate: try #require(time)], ofItemAtPath: path)
        try expectRefused("differ")
    }

    @Test func aByteChangedWhileItIsReadIsNotTakenForSuccess() throws {
        let source = "large.csv"
        try space.write("id\n" + (1...500_000).map { "\($0)\n" }.joined(), to: source)
        let importing = try space.start(["import", source, "--into", "sqlite:large.db", "--chunk-size", "100"])
        while importing.isRunning, try space.run("status 2").output.contains("committed") == false { usleep(10_000) }
        let handle = try #require(FileHandle(forUpdatingAtPath: space.file(source)))
        try handle.seek(toOffset: 3)
        try handle.write(contentsOf: Data("9".utf8))
        try handle.close()
        let result = importing.wait()
        #expect(result.status == 1, "\(result.output)")
        #expect(result.error.contains("changed while it was read"), "\(result.error)")
    }

    @Test func aSourceThatIsGoneIsSaidSo() throws {
        try FileManager.default.removeItem(atPath: space.file("catalogue-1.csv"))
        try expectRefused("catalogue-1.csv", "waybill resume 1 --from PATH", status: 2)
    }

    @Test func aCopyOfTheSourceInItsPlaceIsGoneOnWith() throws {
        let bytes = try space.read("catalogue-1.csv")
        try FileManager.default.removeItem(atPath: space.file("catalogue-1.csv"))
        try Data(bytes).write(to: URL(fileURLWithPath: space.file("catalogue-1.csv")))
        #expect(try space.run("resume 1").status == 3)
        try whole.check(space)
    }

    @Test func theChunkSizeMayChange() throws {
        #expect(try space.run("resume 1 --chunk-size 7").status == 3)
        try whole.check(space)
    }
}
