import Destinations
import Foundation
import PostgreSQLTestSupport
import Records
import Testing

/// Servers that go away, and addresses that lead nowhere.
@Suite struct PostgreSQLFailureTests {
    private static let key = LedgerKey(logID: "log", importID: 1, chunk: 1)

    @Test func aConnectionLostMidChunkIsOpenedAgain() throws {
        let lab = try PostgreSQLLaboratory()
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"]))
        let error = #expect(throws: DataError.self) {
            _ = try lab.destination.write(.rows([["a"]]), key: Self.key) { _ in
                try lab.execute(
                    """
                    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'idle in transaction'
                    """)
                return []
            }
        }
        #expect(error?.code == .busy)
        #expect(try lab.write([["a"]]).inserted == 1)
        #expect(try lab.rows(of: "products") == [["a"]])
    }

    @Test func aServerThatComesBackIsWrittenToAgain() throws {
        let server = try PostgreSQLServer()
        let destination = try PostgreSQLDestination(url: server.makeDatabase())
        _ = try destination.prepare(.of(["sku"], key: ["sku"]))
        try server.stop(immediately: true)
        for _ in 0..<2 {
            let error = #expect(throws: DataError.self) {
                _ = try destination.write(.rows([["a"]]), key: Self.key) { _ in [] }
            }
            #expect(error?.code == .busy, "\(error?.description ?? "")")
        }
        try server.start()
        let receipt = try destination.write(.rows([["a"]]), key: Self.key) { _ in [5] }
        #expect(try destination.receipts(logID: "log", importID: 1) == [receipt])
    }

    /// A standby that took over lacks the last commits: going on there would leave a gap that nobody sees.
    @Test(arguments: [false, true]) func aServerThatLacksWhatWasCommittedIsNotWrittenTo(_ isReversal: Bool) throws {
        let lab = try PostgreSQLLaboratory()
        let destination = try lab.destination
        _ = try destination.prepare(.of(["sku"], key: ["sku"]))
        for (chunk, sku) in zip(UInt64(1)..., ["a", "b", "c"]) { try lab.write([[sku]], chunk: chunk) }
        func goOn(_ chunk: UInt64) throws {
            let key = LedgerKey(logID: "log", importID: 1, chunk: chunk)
            if isReversal {
                _ = try destination.reverse(key, overwritesEdited: false, only: nil) { _ in [] }
            } else {
                _ = try destination.write(.rows([["d"]]), key: key) { _ in [] }
            }
        }
        if isReversal { try goOn(3) }
        let rows = try lab.rows(of: "products")
        try lab.execute(
            """
            DELETE FROM _waybill.\(isReversal ? "reversals" : "ledger") WHERE chunk = 3;
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
        var error = #expect(throws: DataError.self) { try goOn(isReversal ? 2 : 4) }
        // That the connection is gone may be seen in the middle of a call.
        if error?.code == .busy { error = #expect(throws: DataError.self) { try goOn(isReversal ? 2 : 4) } }
        #expect(error?.code == .conflict && error?.message.contains("lacks chunk 3") == true)
        #expect(try lab.rows(of: "products") == rows)
    }

    /// A client that was killed has a session that still commits when the next client reads the ledger.
    @Test func theLedgerIsReadAfterACommitThatIsUnderWay() throws {
        let lab = try PostgreSQLLaboratory()
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"]))
        try lab.execute(
            """
            CREATE TABLE go ();
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN LOOP EXIT WHEN EXISTS (SELECT FROM go); PERFORM pg_sleep(0.01); END LOOP; RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON _waybill.ledger DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION wait()
            """)
        let former = Concurrently { [destination = try lab.destination] in
            [try destination.write(.rows([["a"]]), key: Self.key) { _ in [5] }]
        }
        try lab.wait(for: "wait_event = 'PgSleep'", unless: former)
        let next = Concurrently { [url = lab.url] in
            try PostgreSQLDestination(url: url).receipts(logID: "log", importID: 1)
        }
        try lab.wait(for: "wait_event = 'advisory'", unless: next)
        try lab.execute("INSERT INTO go DEFAULT VALUES")
        let written = try former.result()
        #expect(written.count == 1)
        #expect(try next.result() == written)
    }

    @Test(arguments: ["FROM STDIN", "TO STDOUT"]) func aStatementThatWouldCopyByTheClientIsRefused(_ way: String) throws
    {
        let lab = try PostgreSQLLaboratory()
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"]))
        let error = #expect(throws: DataError.self) {
            _ = try lab.destination.run(["COPY products \(way)"], once: nil)
        }
        #expect(error?.message.contains("one transaction") == true)
        #expect(try lab.write([["a"]]).inserted == 1)
    }

    @Test func aTrialLeavesNothing() throws {
        let lab = try PostgreSQLLaboratory()
        let trial = try PostgreSQLDestination(url: lab.url, isTrial: true)
        _ = try trial.prepare(.of(["sku", "n?integer"], key: ["sku"]))
        for chunk in UInt64(1)...2 {
            let key = LedgerKey(logID: "log", importID: 1, chunk: chunk)
            _ = try trial.write(.rows([["a\(chunk)", "1"], ["a1", "x"]]), key: key) {
                #expect($0.inserted == (chunk == 1 ? 1 : 1))
                return []
            }
        }
        #expect(try lab.query("SELECT count(*) FROM pg_namespace WHERE nspname = '_waybill'") == [["0"]])
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test func aPasswordIsNeverShown() throws {
        let url = "postgresql://me:s%65cret@nowhere.invalid:5432,other:5433/shop?sslpassword=s%65cret&sslmode=require"
        let shown = try PostgreSQLAddress.withoutSecrets(url)
        #expect(shown == "postgres://me@nowhere.invalid:5432,other:5433/shop?sslmode=require")
        for url in [url, "postgres://me:secret@[bad", "mysql://me:secret@host/db", "postgres://h/?secret=secret"] {
            let error = #expect(throws: DataError.self) { _ = try PostgreSQLDestination(url: url) }
            #expect(error?.description.contains("secret") == false)
            #expect(error?.remedy != nil)
        }
    }

    @Test func tooManyConnectionsAreNotAPassword() throws {
        let lab = try PostgreSQLLaboratory()
        let role = "lone_\(UInt32.random(in: 0 ... .max))"
        try lab.execute("CREATE ROLE \(role) LOGIN CONNECTION LIMIT 0")
        let error = #expect(throws: DataError.self) {
            _ = try PostgreSQLDestination(url: lab.url.replacing("//postgres@", with: "//\(role)@"))
        }
        #expect(error?.code == .busy)
        #expect(error?.remedy?.contains("CONNECTION LIMIT") == true)
    }

    @Test func whatIsWrongWithALoginIsSaid() throws {
        let server = try PostgreSQLServer.shared.get()
        for url in [server.url(of: "nothing"), server.url(of: "postgres", user: "nobody")] {
            let error = #expect(throws: DataError.self) { _ = try PostgreSQLDestination(url: url) }
            #expect(error?.code == .destination)
        }
    }
}
