import CLMDB
import EventLogTestSupport
import Foundation
import LMDB
import Testing

@Suite struct ErrorTests {
    let directory = TemporaryDirectory()

    private func errorOfOpening(_ path: String) -> LMDBError? {
        #expect(throws: LMDBError.self) { try Environment.open(at: path, databases: ["a"]) }
    }

    @Test func `a directory that is not there is named`() throws {
        let error = try #require(errorOfOpening(directory.appending("none")))
        #expect(error.code == .missing)
        #expect(error.description.contains(directory.appending("none")))
        #expect(error.remedy == "Check the path.")
    }

    @Test func `a file that is not LMDB's is refused and left as it is`() throws {
        let junk = Data(repeating: 65, count: 10_000)
        try junk.write(to: URL(fileURLWithPath: directory.appending("data.mdb")))
        #expect(errorOfOpening(directory.path)?.code == .invalidFile)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.appending("data.mdb"))) == junk)
    }

    @Test(
        arguments: [
            (MDB_NOTFOUND, .notFound, nil),
            (MDB_KEYEXIST, .keyExists, nil),
            (MDB_CORRUPTED, .corrupted, "backup"),
            (MDB_PAGE_NOTFOUND, .corrupted, "backup"),
            (MDB_INVALID, .invalidFile, "backup"),
            (MDB_VERSION_MISMATCH, .versionMismatch, "version that wrote it"),
            (MDB_INCOMPATIBLE, .versionMismatch, "version that wrote it"),
            (MDB_MAP_FULL, .mapFull, "address space"),
            (MDB_MAP_RESIZED, .mapResized, "try again"),
            (MDB_READERS_FULL, .readersFull, "End some of them"),
            (MDB_PANIC, .panic, "start it again"),
            (ENOSPC, .noSpace, "The disk may be full"),
            (EIO, .noSpace, "The disk may be full"),
            (EDQUOT, .noSpace, "The disk may be full"),
            (EACCES, .permission, "Check the permissions"),
            (EPERM, .permission, "Check the permissions"),
            (EROFS, .permission, "Check the permissions"),
            (ENOENT, .missing, "path"),
            (MDB_BAD_VALSIZE, .badSize, nil),
            (MDB_BAD_TXN, .other, nil),
        ] as [(Int32, LMDBError.Code, String?)])
    func `a code has its meaning and its remedy`(raw: Int32, code: LMDBError.Code, remedy: String?) {
        let error = LMDBError(rawCode: raw, operation: "commit")
        #expect(error.code == code)
        #expect(error.description.hasPrefix("commit: \(error.reason)"))
        #expect(!error.description.contains("MDB_"))
        if let remedy {
            #expect(error.description.contains(remedy))
        } else {
            #expect(error.remedy == nil)
        }
    }
}
