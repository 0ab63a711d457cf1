import Foundation
import ImportEngine
import ImportLog
import Records
import Testing

/// A script is known by what it says, whatever it is called; what is none stays CSV.
@Suite struct SQLEvidenceTests {
    private let folder: InspectionFolder

    init() throws { folder = try InspectionFolder() }

    private static let copy = "COPY public.gen (a) FROM stdin;\n1\n2\n\\.\n"
    /// More than what is looked at.
    private static let tables = (0..<1_000).map {
        "CREATE TABLE `t\($0)` (\n  `id` int NOT NULL,\n  `name` varchar(10)\n) ENGINE=InnoDB;\n"
    }.joined()

    static let scripts = [
        "--\n-- PostgreSQL database dump\n--\n\nSET standard_conforming_strings = on;\n\(copy)",
        "--\n-- PostgreSQL database dump\n--\n\nSET x = on;\n\(String(repeating: "-- more\n", count: 10_000))\(copy)",
        "-- MySQL dump 10.13\n\(tables)INSERT INTO `t1` VALUES (1,'a');\n-- Dump completed\n",
        "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n\(tables)INSERT INTO `t1` VALUES (1,'a');\n",
        "mysqldump: [Warning] Using a password\n-- MySQL dump 10.13\n\(tables)INSERT INTO `t1` VALUES (1,'a');\n",
        "\(tables)INSERT INTO `t1` VALUES (1,'a');\n",
        "USE [x]\nGO\nINSERT [dbo].[t] ([a]) VALUES (1)\nGO\n",
        "BEGIN;\n\(copy)COMMIT;\n", "SELECT 1;\nINSERT INTO t VALUES (1);\n", copy,
        "prompt Loading t...\ninsert into t (a) values (1);\n", "set define off\nINSERT INTO t VALUES (1);\n",
        "\\connect x\nINSERT INTO t VALUES (1);\n", ":setvar a 1\nINSERT INTO t VALUES (1)\nGO\n",
        "# Sequel Pro\nINSERT INTO `t` VALUES (1);\n", "-- rows\nINSERT INTO t VALUES (1);\n",
        "/* rows */\nINSERT INTO t VALUES (1);\n", "INSERT INTO t VALUES (1);\n", "replace into t values (1);\n",
    ]

    @Test(arguments: scripts, ["backup.dump", "dump.txt", "d.csv"])
    func aScriptIsKnownByWhatItSays(text: String, name: String) throws {
        let found = try folder.inspect(text, as: name) { _ in }
        #expect(found.sections.map(\.reading.format).allSatisfy { $0 == "sql" } && !found.sections.isEmpty)
    }

    static let tablesOfText = [
        "query,count\nINSERT INTO t VALUES (1);,5\nSELECT 1;,6\n", "set,of\n1,2\n", "use case,count\nlogin,5\n",
        "begin,end\n1,2\n", "comment,author\ninsert coin,bob\n", "update name,v\ninsert coin,1\nselect one,2\n",
        "--\n1\n2\n", "# made by x,y\nid,v\n1,a\n", "\"INSERT INTO t VALUES (1);\"\n\"x\"\n",
        "SELECT\tINSERT\n1\t2\n", "create table,v\ntable one,2\n", "-- a note,b\nid,v\n1,insert into\n",
        "select,from\nINSERT INTO t VALUES (1),x\n",
    ]

    @Test(arguments: tablesOfText)
    func whatIsNoScriptStaysCSV(text: String) throws {
        #expect(try folder.inspect(text, as: "d.csv") { _ in }.sections.map(\.reading.format) == ["csv"])
    }

    @Test func aScriptWithoutRowsIsRefused() {
        #expect(throws: DataError.self) {
            try folder.inspect("CREATE TABLE t (a int);\nCREATE TABLE u (b int);\n", as: "schema.txt") { _ in }
        }
    }
}
