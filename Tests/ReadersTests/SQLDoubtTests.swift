import Readers
import Records
import Testing

/// What a survey doubts of a script that can be read.
@Suite struct SQLDoubtTests {
    private func survey(_ text: String) throws -> SQLSurvey {
        try SQLSurvey(of: TrickleSource(Array(text.utf8), step: 7))
    }

    @Test(
        "rows with and without a list have the listed columns where their number fits, and none where it does not",
        arguments: [
            ("INSERT INTO t (a, b) VALUES (1,2);\nINSERT INTO t VALUES (3,4);", ["a", "b"], 2 as UInt64?),
            ("INSERT INTO t VALUES (3,4);\nINSERT INTO t (a, b) VALUES (1,2);", ["a", "b"], 2),
            ("INSERT INTO t (a, b) VALUES (1,2);\nCOPY t FROM stdin;\n3\t4\n\\.\n", ["a", "b"], 2),
            (
                "CREATE TABLE t (b int, a int);INSERT INTO t (a, b) VALUES (1,2);INSERT INTO t VALUES (3,4);",
                ["b", "a"], nil
            ),
            ("INSERT INTO t VALUES (3,4);INSERT INTO t VALUES (5,6);", ["column_1", "column_2"], nil),
        ])
    func guess(text: String, columns: [String], line: UInt64?) throws {
        let found = try survey(text)
        #expect(found.tables.map(\.columns) == [columns] && found.mixed.isEmpty)
        #expect(found.tables.first?.guessLine == line)
        let table = try #require(found.tables.first)
        let reading = try readSQL(
            Array(text.utf8), layout: table.layout, columns: table.columns, dataStart: table.dataStart, step: .max,
            limit: ChunkLimit(), reopening: .never)
        #expect(reading.rejects.isEmpty && reading.rows.count == 2)
    }

    @Test(
        "rows without a list that fit no list are left out",
        arguments: [
            "INSERT INTO t (a, b) VALUES (1,2);INSERT INTO t VALUES (3,4,5);",
            "INSERT INTO t (a, b) VALUES (1,2);INSERT INTO t (a) VALUES (1);INSERT INTO t VALUES (3,4);",
        ])
    func noGuess(text: String) throws {
        let found = try survey(text)
        #expect(found.tables.isEmpty && found.mixed.map(\.isPartlyListed) == [true])
        #expect(throws: DataError.self) { try SQLReader(source: TrickleSource(Array(text.utf8))) }
    }

    @Test("of a pipe, such rows are told by a reject")
    func guessOfPipe() throws {
        let text = "INSERT INTO t (a, b) VALUES (1,2);\nINSERT INTO t VALUES (3,4);\n"
        #expect(try rejects(text) == [.statement])
    }

    private func rejects(_ text: String) throws -> [RejectCode] {
        var reader = try SQLReader(source: PipeSource(Array(text.utf8)))
        var (chunk, reading) = (Chunk(), Reading())
        while try reader.fill(&chunk, limit: ChunkLimit()) { reading.append(chunk) }
        return reading.rejects.map(\.code)
    }

    @Test(
        "a transaction that is never committed is told",
        arguments: [
            ("BEGIN TRANSACTION;\nINSERT INTO t VALUES (1);\n", 1 as UInt64?),
            ("START TRANSACTION;\nINSERT INTO `t` VALUES (1)\n", 1),
            ("BEGIN;\nINSERT INTO t VALUES (1);\nCOMMIT;\nBEGIN;\nINSERT INTO t VALUES (1);", 4),
            ("BEGIN TRANSACTION;\nINSERT INTO t VALUES (1);\nCOMMIT;", nil),
            ("BEGIN;\nINSERT INTO t VALUES (1);\nEND;", nil),
            ("BEGIN TRAN\nGO\nINSERT INTO t VALUES (1)\nGO\nIF @@TRANCOUNT > 0 COMMIT TRAN\nGO", nil),
            ("BEGIN\nINSERT INTO t VALUES (1);\nEND;\n/\n", nil), ("INSERT INTO t VALUES (1);\nBEGIN;\n", nil),
            ("BEGIN TRY\nBEGIN TRAN\nINSERT INTO t VALUES (1)\nCOMMIT\nEND TRY\nGO", nil),
        ])
    func openTransaction(text: String, line: UInt64?) throws {
        #expect(try survey(text).openTransaction == line)
        #expect(try rejects(text).contains(.statement) == (line != nil))
    }

    @Test(
        "the encoding that a script says it is in",
        arguments: [
            ("SET NAMES gbk;", "gbk", .gbk), ("/*!40101 SET NAMES latin1 */;", "latin1", .windows1252),
            ("SET client_encoding = 'LATIN1';", "LATIN1", .latin1),
            ("SET CLIENT_ENCODING TO WIN1252;", "WIN1252", .windows1252),
            ("\\encoding EUC_CN\n", "EUC_CN", .gbk), ("SET NAMES 'gbk' COLLATE 'x';", "gbk", .gbk),
            ("SET NAMES hp8;", "hp8", nil),
            ("SET CHARACTER SET latin1;", "latin1", .latin1), ("SET NAMES latin1;SET NAMES utf8mb4;", nil, nil),
            ("SET NAMES utf8;", nil, nil), ("SET client_encoding = 'SQL_ASCII';", nil, nil),
            ("SET NAMES binary;", nil, nil),
            ("INSERT INTO t VALUES (1);SET NAMES gbk;", nil, nil), ("SET character_set_client = latin1;", nil, nil),
            ("-- SET NAMES gbk;\nSET x = 'SET NAMES gbk';", nil, nil), ("\u{FEFF}SET NAMES gbk;", nil, nil),
        ] as [(String, String?, TextEncoding?)])
    func declared(text: String, name: String?, encoding: TextEncoding?) throws {
        let declared = SQLDeclaredEncoding(head: Array((text + "\nINSERT INTO t VALUES (1);\n").utf8))
        #expect(declared?.name == name && declared?.encoding == encoding)
    }

    @Test("an R*Tree has its rows in the table that is left out, unless it is the index of a geometry")
    func rTrees() throws {
        func script(_ name: String) -> String {
            "INSERT INTO sqlite_schema VALUES (1);"
                + ["node", "parent", "rowid"].map {
                    "CREATE TABLE '\(name)_\($0)' (a);INSERT INTO \(name)_\($0) VALUES (1);"
                }.joined()
        }
        for (name, found) in [("r", ["r"]), ("rtree_t_geom", []), ("idx_t_geom", [])] as [(String, [String])] {
            let survey = try survey(script(name))
            #expect(survey.tables.compactMap { survey.rTree(of: $0) } == found)
        }
    }

    @Test("what SQLite writes into the dump of a broken database is an error, a comment of another tool is none")
    func brokenDump() throws {
        let rows = "INSERT INTO t VALUES (1);\n"
        #expect(try survey("\(rows)/****** CORRUPTION ERROR *******/\n").statementsWithRows == ["error of sqlite3": 1])
        #expect(try survey("\(rows)/****** Object:  Table [dbo].[t] ******/\n").statementsWithRows.isEmpty)
    }

    @Test(
        "HSQLDB's scripts are refused",
        arguments: ["SET DATABASE UNIQUE NAME H\n", "CREATE SCHEMA PUBLIC AUTHORIZATION DBA\n"])
    func hsqldb(head: String) throws {
        #expect(throws: DataError.self) { try survey("\(head)INSERT INTO T VALUES(1)\n") }
    }
}
