import Destinations
import PostgreSQLTestSupport
import Records
import Testing

/// Rows that others refer to, and rows by which others are found.
@Suite struct PostgreSQLReferredRowTests {
    private let lab: PostgreSQLLaboratory

    init() throws { lab = try PostgreSQLLaboratory() }

    // MARK: References within the table

    private static let rows = [
        ["1", "1"], ["2", nil], ["3", "2"], ["4", "5"], ["5", "4"], ["6", "7"], ["7", "8"], ["8", nil],
    ]

    private func makeOwn(_ action: String) throws {
        try lab.execute(
            "CREATE TABLE products (k text PRIMARY KEY, s text REFERENCES products (k) ON DELETE \(action), n int)")
        _ = try lab.destination.prepare(.of(["k", "s"], key: ["k"], mode: .upsert))
        #expect(try lab.write(Self.rows).inserted == 8)
    }

    @Test(arguments: ["CASCADE", "SET NULL", "SET DEFAULT", "NO ACTION", "RESTRICT"])
    func rowsThatReferToEachOtherGoTogether(_ action: String) throws {
        try makeOwn(action)
        #expect(try lab.reverse(1) == ChunkReversal(reversed: 8))
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test(arguments: ["CASCADE", "SET NULL", "SET DEFAULT"])
    func whatARowThatStaysRefersToStays(_ action: String) throws {
        try makeOwn(action)
        try lab.execute("INSERT INTO products VALUES ('x', '3'); UPDATE products SET n = 1 WHERE k = '7'")
        let outcome = try lab.reverse(1)
        #expect(outcome.reversed == 4)
        #expect(outcome.kept.map(\.key).sorted() == ["2", "3", "7", "8"])
        #expect(
            try lab.query("SELECT k, s FROM products ORDER BY 1")
                == [["2", nil], ["3", "2"], ["7", "8"], ["8", nil], ["x", "3"]])
        try lab.execute("DELETE FROM products WHERE k = 'x'")
        #expect(try lab.reverse(1, overwritesEdited: true).kept.isEmpty)
        #expect(try lab.rows(of: "products").isEmpty)
    }

    /// What one foreign key gives back by itself is not an edit of a row that another one changed as well.
    @Test(arguments: ["CASCADE", "SET NULL", "SET DEFAULT"], ["CASCADE", "SET NULL", "SET DEFAULT"])
    func aRowThatFollowsTwiceComesBack(_ first: String, _ second: String) throws {
        try lab.execute(
            """
            CREATE TABLE products (id int PRIMARY KEY, code text UNIQUE);
            CREATE TABLE notes (id int PRIMARY KEY, c text REFERENCES products (code) ON UPDATE \(first),
                d text REFERENCES products (code) ON UPDATE \(second));
            INSERT INTO products VALUES (1, 'a'), (2, 'b'), (3, 'c');
            INSERT INTO notes VALUES (1, 'a', 'b'), (2, 'b', 'b'), (3, 'a', NULL), (4, 'b', 'a')
            """)
        let before = try lab.rows(of: "notes")
        _ = try lab.destination.prepare(.of(["id", "code"], key: ["id"], mode: .upsert))
        try lab.write([["1", "aa"], ["2", "bb"]])
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "notes") == before)
    }

    // MARK: Another identity

    private static let children = [
        "r text REFERENCES products (k) ON UPDATE CASCADE", "r text REFERENCES products (k) ON UPDATE SET NULL",
        "r text REFERENCES products (k) ON UPDATE CASCADE ON DELETE CASCADE", "u int REFERENCES products (u)",
        "u int REFERENCES products (u) ON DELETE CASCADE",
    ]

    private func moveRow(_ child: String) throws {
        try lab.execute(
            """
            CREATE TABLE products (k text PRIMARY KEY, u int UNIQUE, v text);
            INSERT INTO products VALUES ('k1', 1, 'a'), ('k2', 2, 'b');
            CREATE TABLE notes (id int PRIMARY KEY, \(child));
            INSERT INTO notes VALUES (1, \(child.hasPrefix("r") ? "'k1'" : "1"))
            """)
        _ = try lab.destination.prepare(.of(["k", "u", "v"], key: ["u"], mode: .upsert))
        #expect(try lab.write([["k9", "1", "z"], ["k3", "3", "c"]]).updated == 1)
    }

    @Test(arguments: children) func aRowWithAnotherIdentityComesBackWithThoseThatReferToIt(_ child: String) throws {
        try moveRow(child)
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "products") == [["k1", "1", "a"], ["k2", "2", "b"]])
        #expect(try lab.rows(of: "notes") == [["1", child.hasPrefix("r") ? "k1" : "1"]])
    }

    @Test func aRowStaysThatSomebodysRowsWouldFollow() throws {
        try moveRow(Self.children[0])
        try lab.execute("INSERT INTO notes VALUES (2, 'k9')")
        #expect(try lab.reverse(1).kept.contains { $0.key == "k9" && $0.message.contains("would change with it") })
        #expect(try lab.rows(of: "notes") == [["1", "k9"], ["2", "k9"]])
        try lab.execute("DELETE FROM notes WHERE id = 2")
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "notes") == [["1", "k1"]])
    }

    // MARK: Equal keys

    @Test(
        arguments: [
            ("citext", "a", "A"), ("numeric", "1.0", "1"), ("float8", "0", "-0"), ("text COLLATE ci", "a", "A"),
        ],
        [[UInt64(1), 2], [2, 1]])
    func aKeyIsTheSameInAnySpelling(_ key: (type: String, one: String, other: String), _ order: [UInt64]) throws {
        try lab.execute("CREATE EXTENSION citext")
        try lab.execute("CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
        try lab.execute("CREATE TABLE products (k \(key.type) PRIMARY KEY, v text)")
        try lab.execute("INSERT INTO products VALUES ('\(key.one)', 'old')")
        let before = try lab.rows(of: "products")
        _ = try lab.destination.prepare(.of(["k"], key: ["k"], mode: .delete))
        try lab.write([[key.one]], importID: 1)
        _ = try lab.destination.prepare(.of(["k", "v"], key: ["k"], mode: .upsert))
        try lab.write([[key.other, "new"]], importID: 2)
        for importID in order { #expect(try lab.reverse(importID).kept.isEmpty) }
        #expect(try lab.rows(of: "products") == before)
    }

    // MARK: What later imports did

    @Test func whatALaterImportBroughtAgainIsNotMissing() throws {
        try lab.execute("CREATE TABLE products (k int PRIMARY KEY, v text)")
        try lab.execute("INSERT INTO products VALUES (1, 'a'), (2, 'b'), (3, 'c')")
        _ = try lab.destination.prepare(.of(["k"], key: ["k"], mode: .delete))
        try lab.write([["1"], ["2"]], importID: 1)
        _ = try lab.destination.prepare(.of(["k", "v"], key: ["k"], mode: .upsert))
        try lab.write([["1", "a"]], importID: 2)
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.importedSince == 1 && comparison.asWritten == 1 && comparison.missing == 0)
    }

    private func deliverVersions() throws {
        try lab.execute(
            """
            CREATE TABLE products (id int, v text, is_current int, version int, valid_from text, valid_to text);
            CREATE INDEX ON products (id)
            """)
        for (importID, values) in [(UInt64(1), ["x", "n"]), (2, ["z", "n"])] {
            var plan = TablePlan.of(["id", "v"], key: ["id"], mode: .versioned)
            plan.moment = "2026-01-0\(importID)T00:00:00Z"
            _ = try lab.destination.prepare(plan)
            try lab.write([["1", values[0]], ["3", values[1]]], importID: importID)
        }
    }

    @Test func withoutAKeyWhatALaterImportChangedIsNotEdited() throws {
        try deliverVersions()
        let comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.importedSince == 1 && comparison.asWritten == 1 && comparison.edited == 0)
        try lab.execute("UPDATE products SET v = 'y' WHERE id = 3")
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).edited == 1)
    }

    @Test func withoutAKeyRestoresMayFollowEachOther() throws {
        try deliverVersions()
        let all = try lab.sortedRows(of: "products")
        let path = "\(Scratch.folder)/waybill-backup-\(UInt64.random(in: 0 ... .max))-"
        for importID in [UInt64(2), 1] {
            try lab.destination.backUp(to: path + "\(importID)", logID: "log", importIDs: [importID])
            #expect(try lab.reverse(importID).kept.isEmpty)
        }
        #expect(try lab.rows(of: "products").isEmpty)
        for importID in UInt64(1)...2 {
            let report = try lab.destination.restore(
                from: path + "\(importID)", logID: "log", importIDs: [importID], overwritesEdited: false, isTrial: false
            )
            #expect(report.kept.isEmpty)
        }
        #expect(try lab.sortedRows(of: "products") == all)
        for importID in [UInt64(2), 1] { #expect(try lab.reverse(importID).kept.isEmpty) }
        #expect(try lab.rows(of: "products").isEmpty)
    }
}
