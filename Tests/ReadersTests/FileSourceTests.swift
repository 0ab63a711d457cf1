import Foundation
import Glibc
import Readers
import Records
import Testing

@Suite struct FileSourceTests {
    /// A file with this content, for the time of a closure.
    private func withFile(_ content: String, _ body: (String) throws -> Void) throws {
        var template = Array((NSTemporaryDirectory() + "waybill-test-XXXXXX").utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { mkstemp($0.baseAddress!) }
        try #require(descriptor >= 0)
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        defer { unlink(path) }
        _ = content.withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
        try body(path)
    }

    private func read(_ count: Int, of source: inout FileSource) throws -> String {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
        return String(decoding: buffer[..<got], as: UTF8.self)
    }

    @Test("a file is read from front to back and from anywhere")
    func reading() throws {
        try withFile("0123456789") { path in
            var source = try FileSource(path: path)
            #expect(source.size == 10)
            #expect(try read(4, of: &source) == "0123")
            #expect(try read(9, of: &source) == "456789")
            #expect(try read(9, of: &source) == "")
            try source.seek(to: 7)
            #expect(try read(9, of: &source) == "789")
        }
    }

    @Test("what is appended meanwhile is left out, and what is cut off is missed")
    func changedWhileRead() throws {
        try withFile("0123456789") { path in
            var source = try FileSource(path: path)
            #expect(try read(4, of: &source) == "0123")
            truncate(path, 14)
            #expect(try read(9, of: &source) == "456789")
            #expect(try read(9, of: &source) == "")
            truncate(path, 7)
            try source.seek(to: 4)
            #expect(try read(9, of: &source) == "456")
            let error = try #require(throws: DataError.self) { try read(9, of: &source) }
            #expect(error.message.contains("at byte 7: it had 10 bytes and was truncated"))
        }
    }

    @Test("a copy reads on by itself")
    func copies() throws {
        try withFile("0123456789") { path in
            var source = try FileSource(path: path)
            #expect(try read(2, of: &source) == "01")
            var copy = source
            #expect(try read(2, of: &copy) == "23")
            #expect(try read(2, of: &source) == "23")
        }
    }

    @Test(
        "what cannot be opened is said with its path",
        arguments: [("/nowhere/at/all.csv", "no such file"), ("/tmp", "is a directory")])
    func unreadable(path: String, reason: String) throws {
        let error = try #require(throws: DataError.self) { try FileSource(path: path) }
        #expect(error.code == .unreadable)
        #expect(error.message.contains(path))
        #expect(error.message.contains(reason))
        #expect(error.remedy != nil)
    }

    @Test("a device has no size and cannot seek")
    func device() throws {
        var source = try FileSource(path: "/dev/null")
        #expect(source.size == nil)
        #expect(try read(4, of: &source) == "")
        let error = try #require(throws: DataError.self) { try source.seek(to: 3) }
        #expect(error.code == .unreadable)
    }
}
