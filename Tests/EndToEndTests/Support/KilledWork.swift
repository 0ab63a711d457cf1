import Testing

/// A command that is killed, what was done before it, and what ends its work. In the commands, `INTO` stands for the
/// destination, and what begins with `SQL` is someone else's statement.
struct KilledWork: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let before: [String]
    /// What is killed.
    let command: String
    /// What ends the work after a kill; the same command where nothing is said.
    let finish: [String]
    /// What is done in the end, whether it was killed or not.
    let afterwards: [String]

    init(
        _ name: String, before: [String] = [], _ command: String, finish: [String] = [], afterwards: [String] = []
    ) {
        testDescription = name
        self.before = before
        self.command = command
        self.finish = finish
        self.afterwards = afterwards
    }

    private static let first = "import a.csv --into INTO --table t --key k --chunk-size 2"
    private static let second = "import b.csv --into INTO --table t --key k --mode upsert --chunk-size 2"
    private static let text = "import w.csv --into INTO --table t --key k --mode upsert --chunk-size 2"
    private static let typed = "import y.csv --into INTO --table y --key k --mode upsert --chunk-size 2"
    private static let untyped = "import z.csv --into INTO --table y --key k --mode upsert --chunk-size 2"
    private static let versioned = "import h.csv --into INTO --table h --key k --mode versioned"
    private static let later = "import i.csv --into INTO --table h --key k --mode versioned"
    private static let delete = "import d.csv --into INTO --table t --key k --mode delete --chunk-size 2"
    private static let inParts = "--max-records 2 --on-max-records split"
    private static let batch = "--batch-id B --part 1 --total-parts 1"
    private static let closing = "--config closing.yaml"
    private static let edit = "SQL UPDATE t SET v = 7 WHERE k = 2"

    static let all =
        imports + undoing + [
            KilledWork("replay", before: [first, second], "replay")
        ]

    private static let imports = [
        KilledWork("insert", first),
        KilledWork("insert, resumed", first, finish: ["resume 1", first]),
        KilledWork(
            "insert into a table with a reject", before: [first], "import w.csv --into INTO --table t --types v=integer"
        ),
        KilledWork("insert with split", "\(first) \(inParts)"),
        KilledWork("upsert", before: [first], second),
        KilledWork(
            "insert that skips duplicates", before: [first],
            "import b.csv --into INTO --table t --key k --on-duplicate skip --chunk-size 2"),
        KilledWork(
            "update", before: [first], "import b.csv --into INTO --table t --key k --mode update --chunk-size 2"),
        KilledWork("upsert that keeps values", before: [first], "\(second) --keep-non-null"),
        KilledWork("upsert with split", before: [first], "\(second) \(inParts)"),
        KilledWork("a column that is widened", before: [first], text),
        KilledWork("times and booleans that become text", before: [typed], untyped),
        KilledWork("versioned", before: [versioned], later),
        KilledWork("versioned with split", "\(versioned) \(inParts)"),
        KilledWork("delete", before: [first], delete),
        KilledWork("delete with marks", before: [first], "\(delete) --mark-deleted gone=1"),
        KilledWork("several sections", "import s.json --into INTO --key k --mode upsert --chunk-size 2"),
        KilledWork("bytes that are there", before: [second], "\(second) --batch-id C --part 1 --total-parts 1"),
        KilledWork("closing SQL", before: [first], "\(second) \(batch) \(closing)"),
        KilledWork("closing SQL with split", before: [first], "\(second) \(inParts) \(closing)"),
        KilledWork("group finalize", before: ["\(first) \(batch)"], "group finalize B \(closing)"),
        KilledWork(
            "resubmit", before: ["\(text) --types v=integer \(batch) \(closing)"], "resubmit 1 mended.csv"),
    ]

    private static let undoing = [
        KilledWork("rollback", before: [first, second], "rollback 2 --yes --into INTO"),
        KilledWork(
            "rollback and restore", before: [first, second], "rollback 2 --yes",
            afterwards: ["backup restore OLDEST --yes"]),
        KilledWork("rollback of what became text", before: [typed, untyped], "rollback 2 --yes"),
        KilledWork("rollback with the table", before: [typed], "rollback 1 --yes", afterwards: [typed]),
        KilledWork("rollback beside an edited row", before: [first, second, edit], "rollback 2 --yes"),
        KilledWork("rollback of an edited row", before: [first, second, edit], "rollback 2 --yes --overwrite-edited"),
        KilledWork("rollback of some rows", before: [first, second], "rollback --where k=4 --yes"),
        KilledWork("rollback of several", before: [first, second, text], "rollback 1 2 3 --yes --into INTO"),
        KilledWork("rollback of all", before: [first, second, text, delete], "rollback --all --yes"),
        KilledWork("rollback of an older one", before: [first, second, delete], "rollback 2 --yes"),
        KilledWork("rollback of versions", before: [versioned, later], "rollback 2 --yes"),
        KilledWork("rollback of deletions", before: [first, delete], "rollback 2 --yes"),
        KilledWork(
            "rollback of a batch", before: [first, "\(second) \(batch) \(closing)"], "rollback --group B --yes"),
        KilledWork("restore", before: [first, second, "rollback 2 --yes"], "backup restore NEWEST --yes"),
        KilledWork(
            "restore with the table", before: [typed, untyped, "rollback 1 2 --yes"], "backup restore NEWEST --yes"),
        KilledWork(
            "restore beside an edited row", before: [first, second, "rollback 2 --yes", edit],
            "backup restore NEWEST --yes"),
        KilledWork(
            "restore of several", before: [first, second, text, "rollback 2 3 --yes"], "backup restore NEWEST --yes"),
        KilledWork(
            "restore of an older backup", before: [first, second, text, "rollback 3 --yes", "rollback 2 --yes"],
            "backup restore OLDEST --yes"),
        KilledWork(
            "restore of a batch", before: [first, "\(second) \(batch) \(closing)", "rollback --group B --yes"],
            "backup restore NEWEST --yes"),
    ]

    static func makeSources(in space: Workspace) throws {
        try space.write("k,v\n1,10\n2,20\n3,30\n4,40\n5,50\n", to: "a.csv")
        try space.write("k,v\n2,21\n6,60\n4,41\n7,70\n", to: "b.csv")
        try space.write("k,v\n3,31\n8,abc\n9,90\n", to: "w.csv")
        try space.write(
            """
            k,v,_waybill_import,_waybill_record,_waybill_line,_waybill_code,_waybill_field,_waybill_message
            8,80,1,2,3,type,v,'abc' is not an integer

            """, to: "mended.csv")
        try space.write("k\n2\n4\n9\n", to: "d.csv")
        try space.write(
            "k,paid,at\n1,TRUE,2026-01-31T10:00:00Z\n2,FALSE,2026-01-31T10:00:00.5Z\n3,TRUE,\n", to: "y.csv")
        try space.write("k,paid,at\n2,TRUE,2026-01-31T10:00:00.5Z\n3,maybe,never\n4,FALSE,\n", to: "z.csv")
        try space.write("k,v\na,1\nb,1\na,2\nb,2\na,3\n", to: "h.csv")
        try space.write("k,v\na,9\nc,1\n", to: "i.csv")
        try space.write(
            #"{"u": [{"k": 1}, {"k": 2}, {"k": 3}], "w": [{"k": 1, "x": "a"}, {"k": 1, "x": "b"}]}"#, to: "s.json")
        try space.write(
            "sources:\n  all:\n    match: \"*.csv\"\n    finalize: [\"UPDATE t SET v = v + 1000\"]\n",
            to: "closing.yaml")
    }
}
