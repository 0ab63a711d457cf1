import Foundation
import ImportEngine
import ImportLog
import Testing

/// What is known for SQL by its beginning, and what is said of tables that only their names' case tells apart.
@Suite struct ScriptEvidenceTests {
    private let folder: InspectionFolder

    init() throws { folder = try InspectionFolder() }

    private func inspect(_ text: String, as name: String) throws -> Inspection {
        try folder.inspect(text, as: name) { _ in }
    }

    private static let copy = "COPY t (a) FROM stdin;\n1\n\\.\n"
    private static let tables = (0..<2_000).map { "CREATE TABLE t\($0) (\n  a int\n);\n" }.joined()

    @Test(arguments: [
        "--\n-- PostgreSQL database dump\n--\n\nSET x = on;\nCREATE TABLE t (\n a int\n);\n\(copy)",
        "BEGIN;\n\(copy)", copy, "SELECT 1;\nINSERT INTO t VALUES (1);\n",
        "prompt x\nset define off\nINSERT INTO t VALUES (1);\n",
        "USE [x]\r\nGO\r\nINSERT [dbo].[t] ([a]) VALUES (1)\r\nGO\r\n", "INSERT [dbo].[t] ([a]) VALUES (1)\nGO\n",
        "-- MySQL dump 10.13\n\(tables)INSERT INTO t1 VALUES (1);\n", "\(tables)INSERT INTO t1 VALUES (1);\n",
        "mysqldump: [Warning] x\n-- MySQL dump 10.13\nINSERT INTO `t` VALUES (1);\n",
    ])
    func aScriptIsKnownWhateverItsName(text: String) throws {
        for name in ["backup.dump", "d.txt", "d"] {
            let found = try inspect(text, as: name)
            #expect(found.sections.map(\.reading.format) == ["sql"] && found.sections.first?.records?.count == 1)
        }
    }

    @Test(arguments: [
        "select,b\n1,2\n", "set a,b\n1,\"x\ninsert y\"\n", "-- a,b\n1,2\n", "use,copy\nx,from stdin\n",
        "begin,end\n1,2\n",
        "create table,n\n1,2\n", "note\n\"x\ninsert into t\"\n", "copy a from b,n\n1,2\n",
    ])
    func aTableIsNone(text: String) throws {
        #expect(try inspect(text, as: "d.txt").sections.map(\.reading.format) == ["csv"])
    }
}
