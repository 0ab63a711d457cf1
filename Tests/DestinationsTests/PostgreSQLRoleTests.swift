import Destinations
import PostgreSQLTestSupport
import Records
import Testing

/// Roles that may not do everything.
@Suite struct PostgreSQLRoleTests {
    private let lab: PostgreSQLLaboratory
    private let role: String
    private let url: String

    init() throws {
        lab = try PostgreSQLLaboratory()
        role = "loader\(UInt32.random(in: 0 ... .max))"
        try lab.execute(
            """
            CREATE ROLE \(role) LOGIN; CREATE TABLE products (sku text PRIMARY KEY, n int);
            GRANT SELECT, INSERT, UPDATE, DELETE ON products TO \(role)
            """)
        let database = lab.url.split(separator: "/").last ?? ""
        url = try PostgreSQLServer.shared.get().url(of: String(database), user: role)
    }

    private func grant(_ sql: String) throws {
        let database = String(lab.url.split(separator: "/").last ?? "")
        for statement in sql.replacing("ROLE", with: role).replacing("DATABASE", with: "DATABASE \(database)")
            .split(separator: ";")
        {
            try lab.execute(String(statement))
        }
    }

    private func prepare(_ mode: WriteMode = .upsert, table: String = "products", keepsUndo: Bool = true) throws
        -> PostgreSQLLaboratory
    {
        let theirs = PostgreSQLLaboratory(url: url)
        var plan = TablePlan.of(["sku", "n?integer"], key: ["sku"], mode: mode, table: table)
        plan.keepsUndo = keepsUndo
        _ = try theirs.destination.prepare(plan)
        return theirs
    }

    private func makeSchema() throws { _ = try lab.destination.prepare(.of(["sku"], key: ["sku"])) }

    // MARK: Waybill's own tables

    @Test(arguments: [
        "CREATE SCHEMA _waybill AUTHORIZATION ROLE",
        "GRANT CREATE ON DATABASE TO ROLE",
        "CREATE SCHEMA _waybill; GRANT USAGE, CREATE ON SCHEMA _waybill TO ROLE",
    ]) func aRoleThatMayMakeTheTablesImportsAndRollsBack(_ grants: String) throws {
        try grant(grants)
        let theirs = try prepare()
        #expect(try theirs.write([["a", "1"], ["b", "x"]]).inserted == 1)
        #expect(try theirs.reverse(1).reversed == 1)
    }

    @Test func tablesOfAnotherRoleAreUsed() throws {
        try makeSchema()
        try grant(
            """
            GRANT USAGE ON SCHEMA _waybill TO ROLE;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA _waybill TO ROLE
            """)
        let theirs = try prepare()
        #expect(try theirs.write([["a", "1"], ["b", "x"]]).inserted == 1)
        #expect(try theirs.reverse(1).reversed == 1)
    }

    /// What is missing, and the statement that a message must name.
    @Test(arguments: [
        ("", "CREATE SCHEMA _waybill AUTHORIZATION \"ROLE\";"),
        (
            "CREATE SCHEMA _waybill",
            "GRANT USAGE ON SCHEMA _waybill TO \"ROLE\"; GRANT CREATE ON SCHEMA _waybill TO \"ROLE\";"
        ),
        (
            "CREATE SCHEMA _waybill; GRANT USAGE ON SCHEMA _waybill TO ROLE",
            "GRANT CREATE ON SCHEMA _waybill TO \"ROLE\";"
        ),
        (
            "SCHEMA_RIGHTS",
            "GRANT USAGE ON SCHEMA _waybill TO \"ROLE\"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES"
        ),
        (
            "SCHEMA_RIGHTS; GRANT USAGE ON SCHEMA _waybill TO ROLE",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA _waybill"
        ),
        (
            "CREATE SCHEMA _waybill AUTHORIZATION ROLE; REVOKE TEMPORARY ON DATABASE FROM PUBLIC",
            "GRANT TEMPORARY ON DATABASE \"DATABASE\" TO \"ROLE\";"
        ),
    ]) func theStatementThatHelpsIsNamed(_ grants: String, _ statement: String) throws {
        var grants = grants
        if grants.hasPrefix("SCHEMA_RIGHTS") {
            try makeSchema()
            grants = String(grants.dropFirst("SCHEMA_RIGHTS".count))
        }
        try grant(grants)
        let error = #expect(throws: DataError.self) { _ = try prepare() }
        let database = String(lab.url.split(separator: "/").last ?? "")
        let wanted = statement.replacing("ROLE", with: role).replacing("\"DATABASE\"", with: "\"\(database)\"")
        #expect(error?.code == .destination)
        #expect(error?.remedy?.contains(wanted) == true, "\(error?.description ?? "")")
    }

    /// What is missing, in Waybill's own schema and at the table: the statements of one message are enough.
    @Test(arguments: [
        "REVOKE TEMPORARY ON DATABASE FROM PUBLIC",
        "SCHEMA_RIGHTS; REVOKE ALL ON products FROM ROLE",
    ]) func allThatIsMissingIsAskedForAtOnce(_ grants: String) throws {
        try makeSchema()
        let rights =
            "GRANT USAGE ON SCHEMA _waybill TO ROLE; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA _waybill TO ROLE"
        try grant(grants.replacing("SCHEMA_RIGHTS", with: rights))
        let error = #expect(throws: DataError.self) { _ = try prepare(.insert) }
        let remedy = try #require(error?.remedy)
        let statements = try #require(remedy.split(separator: "try again: ").last)
        for statement in statements.split(separator: ";") {
            try lab.execute(String(statement))
        }
        #expect(try prepare(.insert).write([["a", "1"], ["b", "x"]]).inserted == 1)
    }

    // MARK: The table

    @Test(arguments: [
        (WriteMode.insert, "SELECT", "INSERT"), (.upsert, "INSERT", "SELECT, UPDATE"),
        (.upsert, "SELECT, INSERT", "UPDATE"),
        (.delete, "SELECT", "DELETE"),
    ]) func aRightThatTheModeNeedsIsAskedForBeforeAnythingIsWritten(_ mode: WriteMode, _ has: String, _ lacks: String)
        throws
    {
        try grant(
            "CREATE SCHEMA _waybill AUTHORIZATION ROLE; REVOKE ALL ON products FROM ROLE; GRANT \(has) ON products TO ROLE"
        )
        let error = #expect(throws: DataError.self) { _ = try prepare(mode) }
        #expect(error?.remedy?.contains("GRANT \(lacks) ON \"public\".\"products\" TO \"\(role)\";") == true)
    }

    /// What a role has on single columns, and the grants that are missing; empty if none is.
    @Test(arguments: [
        (WriteMode.upsert, "INSERT (sku, n), SELECT (sku, n), UPDATE (n)", "SELECT"),
        (.upsert, "INSERT (sku), SELECT, UPDATE (n)", "INSERT (\"n\")"),
        (.upsert, "INSERT (sku, n), SELECT, UPDATE (sku)", "UPDATE"),
        (.upsert, "INSERT (sku), SELECT", "INSERT (\"n\"), UPDATE"),
        (.upsert, "INSERT (sku, n), SELECT, UPDATE (n)", ""),
        (.insert, "INSERT (n)", "INSERT (\"sku\"), SELECT"), (.insert, "INSERT (sku, n)", ""),
        (.delete, "SELECT (sku), DELETE", "SELECT"), (.delete, "SELECT, DELETE", ""),
    ]) func rightsOnColumnsAreAskedForBeforeAnythingIsWritten(_ mode: WriteMode, _ has: String, _ lacks: String) throws
    {
        try grant("CREATE SCHEMA _waybill AUTHORIZATION ROLE; REVOKE ALL ON products FROM ROLE")
        try lab.execute("ALTER TABLE products ADD more text DEFAULT 'kept'")
        try lab.execute("INSERT INTO products VALUES ('a', 1)")
        try lab.execute("GRANT \(has) ON products TO \(role)")
        guard lacks.isEmpty else {
            let error = #expect(throws: DataError.self) { _ = try prepare(mode) }
            let remedy = error?.remedy ?? ""
            #expect(remedy.contains("GRANT \(lacks) ON \"public\".\"products\" TO \"\(role)\";"), "\(remedy)")
            return
        }
        let theirs = try prepare(mode, keepsUndo: mode != .insert)
        let outcome = try theirs.write([[mode == .insert ? "b" : "a", "2"]])
        #expect(outcome.inserted + outcome.updated == 1, "\(outcome.rejects)")
    }

    @Test(arguments: [true, false]) func rowsThatAPolicyMayHideAreNotTakenForGone(_ keepsUndo: Bool) throws {
        try grant("CREATE SCHEMA _waybill AUTHORIZATION ROLE")
        try lab.execute("ALTER TABLE products ENABLE ROW LEVEL SECURITY")
        try lab.execute("CREATE POLICY p ON products USING (true) WITH CHECK (true)")
        let theirs = try prepare(.insert, keepsUndo: keepsUndo)
        #expect(try theirs.write([["a", "1"], ["b", "2"]]).inserted == 2)
        let seen = try theirs.destination.presence(logID: "log", importID: 1)
        #expect(seen.missing == 0 && seen.there == (keepsUndo ? 2 : 0))
        #expect(try !theirs.destination.isEmpty("products"))
        for hidden in ["sku = 'a'", "false"] {
            try lab.execute("ALTER POLICY p ON products USING (\(hidden))")
            if keepsUndo {
                let error = #expect(throws: DataError.self) {
                    _ = try theirs.destination.presence(logID: "log", importID: 1)
                }
                #expect(error?.code == .conflict && error?.message.contains(role) == true, "\(hidden)")
            }
        }
        #expect(throws: DataError.self) { _ = try theirs.destination.isEmpty("products") }
        // Its owner sees all of them, and none where there is none.
        #expect(try !lab.destination.isEmpty("products"))
        try lab.execute("DELETE FROM products")
        #expect(try lab.destination.isEmpty("products"))
    }

    @Test func aRoleThatMayOnlyInsertDoesSoWithoutUndoData() throws {
        try grant(
            "CREATE SCHEMA _waybill AUTHORIZATION ROLE; REVOKE ALL ON products FROM ROLE; GRANT INSERT ON products TO ROLE"
        )
        let theirs = try prepare(.insert, keepsUndo: false)
        let outcome = try theirs.write([["a", "1"], ["a", "2"], ["b", "x"], ["c", "3"]])
        #expect(outcome.inserted == 2 && outcome.rejects.count == 2)
        #expect(try lab.rows(of: "products") == [["a", "1"], ["c", "3"]])
    }

    @Test func aRoleThatMayOnlyInsertIsToldWhatUndoDataNeeds() throws {
        try grant(
            "CREATE SCHEMA _waybill AUTHORIZATION ROLE; REVOKE ALL ON products FROM ROLE; GRANT INSERT ON products TO ROLE"
        )
        let theirs = try prepare(.insert)
        #expect(try theirs.write([["a", "1"]]).inserted == 1)
        let error = #expect(throws: DataError.self) { try theirs.write([["a", "1"], ["b", "2"]], chunk: 2) }
        #expect(error?.remedy?.contains("GRANT SELECT ON") == true && error?.remedy?.contains("--no-undo") == true)
        #expect(try lab.rows(of: "products") == [["a", "1"]])
    }

    /// The columns that records bring, and the grant that is missing; empty if none is.
    @Test(arguments: [
        (["v"], "GRANT USAGE ON SEQUENCE public.numbered_id_seq, public.own TO \"ROLE\";"), (["id", "v", "n"], ""),
        (["id", "v"], "GRANT USAGE ON SEQUENCE public.own TO \"ROLE\";"),
    ]) func aSequenceThatNumbersRowsIsAskedForBeforehand(_ columns: [String], _ help: String) throws {
        try grant("CREATE SCHEMA _waybill AUTHORIZATION ROLE; CREATE SEQUENCE own")
        try lab.execute(
            "CREATE TABLE numbered (id serial PRIMARY KEY, v text DEFAULT 'x', n int DEFAULT nextval('own'), g int GENERATED ALWAYS AS IDENTITY)"
        )
        try lab.execute("GRANT SELECT, INSERT ON numbered TO \(role)")
        func begin() throws {
            let theirs = PostgreSQLLaboratory(url: url)
            _ = try theirs.destination.prepare(.of(columns, key: [], mode: .insert, table: "numbered"))
            #expect(try theirs.write([columns.map { _ in "7" }]).inserted == 1)
        }
        if help.isEmpty { return try begin() }
        let error = #expect(throws: DataError.self) { try begin() }
        #expect(error?.remedy?.contains(help.replacing("ROLE", with: role)) == true, "\(error?.description ?? "")")
        try grant("GRANT USAGE ON SEQUENCE numbered_id_seq, own TO ROLE")
        try begin()
    }

    @Test func aSchemaThatMayNotBeUsedIsNamedBeforehand() throws {
        try grant("CREATE SCHEMA _waybill AUTHORIZATION ROLE; CREATE SCHEMA closed")
        try lab.execute("CREATE TABLE closed.t (sku text PRIMARY KEY, n int)")
        try lab.execute("GRANT SELECT, INSERT, UPDATE ON closed.t TO \(role)")
        let error = #expect(throws: DataError.self) { _ = try prepare(table: "closed.t") }
        #expect(error?.remedy?.contains("GRANT USAGE ON SCHEMA \"closed\" TO \"\(role)\";") == true)
    }

    @Test func aTableThatMayNotBeMadeIsNamedWithItsSchema() throws {
        try grant("CREATE SCHEMA _waybill AUTHORIZATION ROLE")
        let error = #expect(throws: DataError.self) { _ = try prepare(table: "others") }
        #expect(error?.remedy?.contains("GRANT CREATE ON SCHEMA \"public\" TO \"\(role)\";") == true)
    }

    @Test(arguments: ["nosuch.products", "Public.products"]) func aSchemaThatIsNotThereIsAnError(_ table: String) throws
    {
        let error = #expect(throws: DataError.self) {
            _ = try lab.destination.prepare(.of(["sku"], key: ["sku"], table: table))
        }
        #expect(error?.code == .unusableOption)
        #expect(error?.message.contains("no schema \(table.prefix(6))") == true)
        #expect(throws: DataError.self) { try lab.destination.requirePlace(of: table) }
        for there in ["products", "public.new", "\"\(table)\""] { try lab.destination.requirePlace(of: there) }
        #expect(try lab.query("SELECT count(*) FROM pg_class WHERE relname LIKE '%.products'") == [["0"]])
    }

    @Test(arguments: [
        ("\"a.b\"", "a.b"), ("\"public\".\"a.b\"", "a.b"), ("\"q\"\"\"", "q\""), ("a\"b", "a\"b"), ("public.t", "t"),
        ("\"", "\""), ("\"t", "\"t"), ("\"t\"x", "\"t\"x"), ("public.\"t\"", "\"t\""),
    ]) func aNameMayBeQuoted(_ spelling: String, _ table: String) throws {
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"], table: spelling))
        #expect(try lab.destination.hasTable(spelling))
        let name = table.replacing("'", with: "''")
        #expect(
            try lab.query("SELECT count(*) FROM pg_tables WHERE tablename = '\(name)' AND schemaname = 'public'") == [
                ["1"]
            ])
    }

    // MARK: Wide tables

    /// As many columns as a table can have and still pass through a temporary one.
    @Test(arguments: [120, 1_599]) func namesOfColumnsMayBeLong(_ count: Int) throws {
        let columns = (0..<count).map { "q\($0)" + String(repeating: "a question ", count: 5) }
        _ = try lab.destination.prepare(.of(columns.map { String($0.prefix(60)) }, key: [], table: "survey"))
        #expect(try lab.write([(0..<count).map { $0 < 300 ? "\($0)" : nil }]).inserted == 1)
        #expect(try lab.reverse(1).reversed == 1)
        #expect(try lab.rows(of: "survey").isEmpty)
    }

    @Test func theIndexOfAFormerVersionIsReplaced() throws {
        try makeSchema()
        try lab.write([["a"]])
        try lab.execute("DROP INDEX _waybill.undo_tables_once")
        try lab.execute("ALTER TABLE _waybill.undo_tables ADD UNIQUE (table_name, columns, key)")
        lab.kill()
        let columns = (0..<200).map { "q\($0) " + String(repeating: "x", count: 50) }
        _ = try lab.destination.prepare(.of(columns, key: [], table: "survey"))
        #expect(try lab.write([columns.map { _ in "1" }], importID: 2).inserted == 1)
        for importID in UInt64(1)...2 { #expect(try lab.reverse(importID).reversed == 1) }
    }

    // MARK: Taking back

    /// What a role has, what someone did since, and what rolling back says: how many changes, and the statement that
    /// helps.
    @Test(arguments: [
        ("INSERT (sku, n), SELECT, DELETE, UPDATE (n)", "", 2, ""),
        (
            "INSERT (sku, n), SELECT, DELETE, UPDATE (n)", "UPDATE products SET more = 'edited' WHERE sku = 'a'", 1,
            "GRANT UPDATE (\"more\") ON \"public\".\"products\" TO \"ROLE\";"
        ),
        (
            "INSERT (sku, n), SELECT, DELETE, UPDATE (n)", "DELETE FROM products WHERE sku = 'a'", 1,
            "GRANT INSERT (\"more\") ON \"public\".\"products\" TO \"ROLE\";"
        ),
    ]) func onlyRightsForWhatIsWrittenBackAreNeeded(_ has: String, _ since: String, _ reversed: Int, _ help: String)
        throws
    {
        try grant("CREATE SCHEMA _waybill AUTHORIZATION ROLE; REVOKE ALL ON products FROM ROLE")
        try lab.execute("ALTER TABLE products ADD more text DEFAULT 'kept'")
        try lab.execute("INSERT INTO products VALUES ('a', 1, 'mine')")
        try lab.execute("GRANT \(has) ON products TO \(role)")
        let theirs = try prepare(.upsert)
        _ = try theirs.write([["a", "2"], ["b", "3"]])
        if !since.isEmpty { try lab.execute(since) }
        let outcome = try theirs.reverse(1, overwritesEdited: true)
        #expect(outcome.reversed == reversed, "\(outcome.kept)")
        #expect(outcome.kept.map(\.reason) == (help.isEmpty ? [] : [.refused]))
        #expect(outcome.kept.allSatisfy { $0.message.contains(help.replacing("ROLE", with: role)) }, "\(outcome.kept)")
        if help.isEmpty { #expect(try lab.rows(of: "products") == [["a", "1", "mine"]]) }
    }

    @Test func theRightToDeleteIsAskedForWhereRowsWereInserted() throws {
        try grant("CREATE SCHEMA _waybill AUTHORIZATION ROLE")
        let theirs = try prepare(.insert)
        _ = try theirs.write([["a", "2"]])
        try lab.execute("REVOKE DELETE ON products FROM \(role)")
        let error = #expect(throws: DataError.self) { _ = try theirs.reverse(1) }
        #expect(error?.remedy?.contains("GRANT DELETE ON \"public\".\"products\" TO \"\(role)\";") == true)
    }
}
