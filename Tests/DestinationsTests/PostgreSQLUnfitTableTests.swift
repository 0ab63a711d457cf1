import Destinations
import Records
import Testing

/// Tables that cannot take what a mode would write: the table is at fault, so that no record is blamed.
@Suite struct PostgreSQLUnfitTableTests {
    private let lab: PostgreSQLLaboratory

    init() throws {
        lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (sku text PRIMARY KEY, n int)")
        try lab.execute("CREATE TABLE other (sku text, n int)")
    }

    private func prepare(_ mode: WriteMode, undo: Bool, key: String = "sku") throws {
        var plan = TablePlan.of(["sku", "n?integer"], key: [key], mode: mode)
        plan.keepsUndo = undo
        _ = try lab.destination.prepare(plan)
    }

    @Test(
        arguments: [true, false],
        [
            ("INSERT", "DO ALSO INSERT INTO other VALUES (new.*)"),
            ("INSERT", "DO INSTEAD INSERT INTO other VALUES (new.*)"),
            ("INSERT", "WHERE new.n = 0 DO INSTEAD NOTHING"), ("UPDATE", "DO INSTEAD NOTHING"),
            ("DELETE", "DO INSTEAD NOTHING"),
        ]) func aTableWhoseRulesRewriteTheStatementsIsRefused(_ undo: Bool, _ rule: (command: String, action: String))
        throws
    {
        try lab.execute("CREATE RULE r AS ON \(rule.command) TO products \(rule.action)")
        let concerned: [String: [WriteMode]] = [
            "INSERT": [.insert, .upsert], "UPDATE": [.upsert], "DELETE": [.delete],
        ]
        for mode in [WriteMode.insert, .upsert, .delete] {
            guard concerned[rule.command]?.contains(mode) == true else {
                try prepare(mode, undo: undo)
                continue
            }
            let error = #expect(throws: DataError.self) { try prepare(mode, undo: undo) }
            #expect(error?.code == .unusableOption && error?.message.contains("rules") == true, "\(mode)")
            #expect(error?.message.contains(rule.command) == true, "\(mode)")
        }
        try lab.execute("ALTER TABLE products DISABLE RULE r")
        for mode in [WriteMode.insert, .upsert, .delete] { try prepare(mode, undo: undo) }
    }

    @Test(arguments: ["", " INITIALLY DEFERRED"])
    func aDeferrableConstraintIsAKeyToUpdateRowsBy(_ initially: String) throws {
        try lab.execute("ALTER TABLE products ADD UNIQUE (n) DEFERRABLE\(initially)")
        for mode in [WriteMode.insert, .delete] { try prepare(mode, undo: true, key: "n") }
        try prepare(.upsert, undo: true, key: "n")
        #expect(try lab.write([["a", "1"], ["b", "2"]], chunk: 1).inserted == 2)
        let outcome = try lab.write([["a", "1"], ["c", "2"], ["d", "3"], ["e", "3"]], chunk: 2)
        #expect([outcome.inserted, outcome.updated, outcome.unchanged] == [1, 2, 1])
    }
}
