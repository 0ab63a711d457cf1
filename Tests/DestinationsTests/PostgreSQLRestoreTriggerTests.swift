import Destinations
import PostgreSQLTestSupport
import Records
import Testing

/// Triggers fire while rows are restored, too.
@Suite struct PostgreSQLRestoreTriggerTests {
    private let lab: PostgreSQLLaboratory

    init() throws { lab = try PostgreSQLLaboratory() }

    private func makeTables() throws {
        try lab.execute(
            """
            CREATE TABLE products (id int PRIMARY KEY, v text, n int);
            CREATE TABLE stock (id int PRIMARY KEY, n int);
            INSERT INTO products VALUES (1, 's', 2), (3, 's', 2), (5, 'q', 2), (7, 's', 1);
            INSERT INTO stock VALUES (1, 10)
            """)
    }

    private func make(_ event: String, _ body: String, each: String = "ROW") throws {
        try lab.execute(
            """
            CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(body); END $$;
            CREATE TRIGGER act \(event) ON products FOR EACH \(each) EXECUTE FUNCTION act()
            """)
    }

    /// Imports a changed, a new and an unchanged row and then a deletion, makes a backup and takes all of it back.
    private func importAndRollBack() throws -> (path: String, imported: [[String?]]) {
        _ = try lab.destination.prepare(.of(["id", "v"], key: ["id"], mode: .upsert))
        try lab.write([["1", "z"], ["5", "q"], ["6", "s"]], importID: 1)
        _ = try lab.destination.prepare(.of(["id"], key: ["id"], mode: .delete))
        try lab.write([["3"]], importID: 2)
        let imported = try lab.rows(of: "products")
        let path = "\(Scratch.folder)/waybill-backup-\(UInt64.random(in: 0 ... .max))"
        try lab.destination.backUp(to: path, logID: "log", importIDs: [1, 2])
        for importID in [UInt64(2), 1] { _ = try lab.reverse(importID) }
        return (path, imported)
    }

    private func restore(_ path: String, isTrial: Bool = false) throws -> RestoreReport {
        try lab.destination.restore(
            from: path, logID: "log", importIDs: [1, 2], overwritesEdited: false, isTrial: isTrial)
    }

    /// The keys of the rows that are not what they were.
    private func differences(_ before: [[String?]], _ now: [[String?]]) -> Set<String> {
        Set((before + now).filter { !before.contains($0) || !now.contains($0) }.compactMap { $0[0] })
    }

    private static let withOthers = [
        ("AFTER INSERT", "UPDATE stock SET n = n - 1; RETURN null", "ROW"),
        ("BEFORE INSERT", "UPDATE stock SET n = n - 1; RETURN new", "ROW"),
        ("AFTER INSERT", "INSERT INTO stock SELECT max(id) + 1, 0 FROM stock; RETURN null", "STATEMENT"),
        ("AFTER UPDATE", "INSERT INTO stock SELECT max(id) + 1, 0 FROM stock; RETURN null", "ROW"),
        ("AFTER DELETE", "INSERT INTO stock SELECT max(id) + 1, 0 FROM stock; RETURN null", "ROW"),
        ("AFTER INSERT", "UPDATE products SET n = n + 1 WHERE id = 7; RETURN null", "ROW"),
        ("AFTER DELETE", "UPDATE products SET n = n + 1 WHERE id = 7; RETURN null", "ROW"),
    ]

    /// - Parameter isLate: whether the trigger came only after the rollback.
    @Test(arguments: withOthers, [false, true])
    func aRowThatWouldChangeOthersStaysAndIsNamed(
        _ trigger: (event: String, body: String, each: String), _ isLate: Bool
    ) throws {
        try makeTables()
        if !isLate { try make(trigger.event, trigger.body, each: trigger.each) }
        let (path, imported) = try importAndRollBack()
        if isLate { try make(trigger.event, trigger.body, each: trigger.each) }
        let stock = try lab.rows(of: "stock")
        let rolledBack = try lab.rows(of: "products")
        for isTrial in [true, false] {
            let kept = try restore(path, isTrial: isTrial).kept
            // What a trigger does to a row of the backup may be just what the backup has.
            if isLate || trigger.body.contains("stock") { #expect(!kept.isEmpty) }
            #expect(kept.allSatisfy { $0.reason == .refused && $0.message.contains("DISABLE TRIGGER USER") })
            #expect(try lab.rows(of: "stock") == stock)
            let now = try lab.rows(of: "products")
            #expect(isTrial ? now == rolledBack : differences(imported, now) == Set(kept.map(\.key)))
        }
        #expect(try lab.query("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == [["act"]])
        try lab.execute("ALTER TABLE products DISABLE TRIGGER USER")
        #expect(try restore(path).kept.isEmpty)
        #expect(try lab.rows(of: "products") == imported)
        #expect(try lab.rows(of: "stock") == stock)
    }

    private static let alone = [
        ("BEFORE INSERT", "RETURN new"),
        ("AFTER INSERT", "UPDATE products SET n = n WHERE id = new.id; RETURN null"),
        ("AFTER UPDATE", "UPDATE products SET n = 0 WHERE new.v = 'z' AND id = 5; RETURN null"),
    ]

    @Test(arguments: alone)
    func aRowThatChangesNoOthersComesBack(_ event: String, _ body: String) throws {
        try makeTables()
        try make(event, body)
        let (path, imported) = try importAndRollBack()
        #expect(try restore(path).kept.isEmpty)
        #expect(try lab.rows(of: "products") == imported)
    }

    /// One row in a thousand that a trigger changes does not keep the others.
    @Test func onlyWhatATriggerMakesOtherwiseStays() throws {
        try makeTables()
        _ = try lab.destination.prepare(.of(["id", "v"], key: ["id"], mode: .upsert))
        try lab.write((100..<1100).map { ["\($0)", "x"] }, importID: 1)
        let path = "\(Scratch.folder)/waybill-backup-\(UInt64.random(in: 0 ... .max))"
        try lab.destination.backUp(to: path, logID: "log", importIDs: [1])
        _ = try lab.reverse(1)
        try make("BEFORE INSERT", "IF new.id % 250 = 0 THEN new.v := 'y'; END IF; RETURN new")
        let report = try lab.destination.restore(
            from: path, logID: "log", importIDs: [1], overwritesEdited: false, isTrial: false)
        #expect(report.kept.map(\.key) == ["250", "500", "750", "1000"])
        #expect(report.tables.map(\.added) == [996])
    }
}
