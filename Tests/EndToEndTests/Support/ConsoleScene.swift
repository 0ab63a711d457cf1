import Foundation
import Testing

/// How the commands of a console block are run: the files that they find, or why they are not run.
struct ConsoleScene: Sendable {
    enum Kind: Sendable {
        /// Runs the commands in a new folder, with these files in it.
        case prepared(@Sendable (Workspace) throws -> Void)
        /// Runs them in the folder of the block above.
        case continued
        /// Does not run them, and says why.
        case notRun(String)
    }

    let page: String
    /// What only this block of the page has in it.
    let phrase: String
    let kind: Kind

    init(_ page: String, _ phrase: String, _ kind: Kind) {
        self.page = page
        self.phrase = phrase
        self.kind = kind
    }

    static let all: [ConsoleScene] = [
        ConsoleScene("README.md", "make demo", .notRun("installs packages and builds Waybill")),
        ConsoleScene("README.md", "import products.csv", .prepared { try products(in: $0) }),
        ConsoleScene(
            "README.md", "waybill resume 1",
            .prepared { space in
                try products(in: space)
                let line = "import products.csv --into sqlite:shop.db --key sku --mode upsert"
                try kill(line, in: space, chunkSize: 500, afterChunk: 10)
            }),
        ConsoleScene(
            "README.md", "A-101,bowl",
            .prepared { space in
                try products(in: space)
                try space.run("import products.csv --into sqlite:shop.db --key sku --mode upsert")
            }),
        ConsoleScene("README.md", "inspect export.zip", .prepared { try export(in: $0) }),
        ConsoleScene(
            "README.md", "init prices",
            .prepared { space in
                try space.write("sku,price\nA-1,2.50\nA-2,3.10\n", to: "prices-2024-11-01.csv")
                try space.write("sku,price\nA-1,2.50\nA-2,3.20\n", to: "prices-2024-11-02.csv")
            }),
        ConsoleScene(
            "README.md", "group status",
            .prepared { space in
                try space.write("id,total\n1,2.50\n", to: "part-1.csv")
                try space.write("id,total\n2,3.10\n", to: "part-2.csv")
            }),
        ConsoleScene(
            "README.md", "waybill verify 1",
            .prepared { space in
                try products(in: space)
                try space.run("import products.csv --into sqlite:shop.db --key sku --mode upsert")
            }),

        ConsoleScene(
            "docs/configuration.md", "import catalogue.json",
            .prepared { space in
                let records = (0...10_000).map { "{\"sku\": \"A-\($0)\"}" }
                try space.write("[\(records.joined(separator: ","))]", to: "catalogue.json")
                try space.write(
                    """
                    sources:
                      catalogue:
                        match: "catalogue*.json"
                        into: sqlite:shop.db
                        table: products
                        key: sku
                        mode: upsert
                        max_records: 10000
                    """, to: "waybill.yaml")
            }),
        ConsoleScene("docs/configuration.md", "import export.zip", .prepared { try export(in: $0) }),
        ConsoleScene(
            "docs/configuration.md", "import update-140.zip", .prepared { try SystemETests.packUpdate(in: $0) }),

        ConsoleScene(
            "docs/operations.md", "waybill inspect", .prepared { try $0.write("id,city\n1,Reno\n", to: "feed.csv") }),
        ConsoleScene(
            "docs/operations.md", "prices-02.csv",
            .prepared { space in
                let first = (1...200).map { "A-\($0),\($0).50\n" }
                let second = (201...400).map { $0 == 300 ? "A-300,1.50,left over\n" : "A-\($0),\($0).50\n" }
                try space.write("sku,price\n" + first.joined(), to: "prices-01.csv")
                try space.write("", to: "prices-02.csv")
                try space.write("sku,price\n" + second.joined(), to: "prices-03.csv")
            }),
        ConsoleScene(
            "docs/operations.md", "waybill list",
            .prepared { space in
                try space.generate(20)
                try space.run("import catalogue-1.csv --into sqlite:shop.db")
                let log = try #require(FileHandle(forWritingAtPath: space.file(".waybill/data.mdb")))
                try log.truncate(atOffset: 8192)
            }),

        ConsoleScene(
            "docs/performance.md", "make bench", .notRun("measures for an hour, beside tools that must be installed")),
        ConsoleScene("docs/performance.md", "log-bench append", .notRun("builds the benchmarks and measures")),

        ConsoleScene("docs/rollback.md", "Roll back? [y/N]", .notRun("asks at a terminal")),
        ConsoleScene(
            "docs/rollback.md", "waybill trace",
            .prepared { space in
                let first = (1...100).map { "A-\($0),Reno,\($0).5\n" }
                let second = (11...150).map { "A-\($0),Austin,\($0 + 1).5\n" }
                for (index, rows) in [first, second].enumerated() {
                    try space.write("id,city,total\n" + rows.joined(), to: "orders-\(index + 1).csv")
                    try space.run(
                        "import orders-\(index + 1).csv --into sqlite:shop.db --table orders --key id --mode upsert")
                }
            }),
        ConsoleScene(
            "docs/rollback.md", "waybill resubmit", .notRun("somebody corrects the file between the two commands")),

        ConsoleScene(
            "docs/sources/csv.md", "import preise.csv",
            .prepared { space in
                try space.write(
                    "Preisliste;;\nStand: Mai;;\n;;\nNr;Name;Preis\n1;Becher;250\n2;Krug;310\n", to: "preise.csv")
            }),
        ConsoleScene(
            "docs/sources/csv.md", "import list.csv",
            .prepared { space in
                let rows = (0..<1_203).map { row in (0..<9).map { "w\(row * 7 + $0)" }.joined(separator: ",") }
                let notes = (0..<6).map { "note \($0)" }
                let lines = ["Price list"] + notes.prefix(2) + ["a,b,c,d,e,f,g,h,i"] + notes.dropFirst(2) + rows
                try space.write(lines.joined(separator: "\n") + "\n", to: "list.csv")
            }),
        ConsoleScene("docs/sources/stdin.md", "import -", .prepared { try feed(in: $0) }),
        ConsoleScene(
            "docs/sources/stdin.md", "waybill resume",
            .prepared { space in
                try feed(in: space)
                try kill(
                    "import - --into sqlite:shop.db --table feed", in: space, chunkSize: 500, input: "feed.csv",
                    afterChunk: 2)
            }),

        ConsoleScene("docs/types.md", "NA it would be", .prepared { _ in }),
        ConsoleScene("docs/types.md", "init statement.csv", .prepared { _ in }),
        ConsoleScene(
            "docs/types.md", "table orders dropped",
            .prepared { try $0.run("import orders.csv --into sqlite:shop.db") }),
        ConsoleScene("docs/types.md", "--table typed", .continued),
        ConsoleScene("docs/types.md", "--table configured", .continued),

        ConsoleScene(
            "docs/verification.md", "waybill verify 1",
            .prepared { space in
                try professionals(in: space)
                try space.run("import professionals.csv")
            }),
    ]

    /// 10,000 products, of which 19 cannot be used.
    private static func products(in space: Workspace) throws {
        var file = Data("sku,name,price,stock\n".utf8)
        for number in 1...10_000 {
            let line =
                switch number {
                case 101: "A-101,bowl,1.20,7,left over"
                case _ where number % 1_200 == 0: "A-\(number),plate"
                case 2_007, 5_007: ",cup,2.10,3"
                case 4_021, 6_021, 8_042: "A-\(number),\"jar\"x,2.50,\(number % 83)"
                case _ where number % 2_000 == 999: "A-\(number),caf\u{1},2.50,\(number % 83)"
                default:
                    "A-\(number),\(["bowl", "cup", "jar", "lamp"][number % 4]),\(number % 50).\(number % 9 + 1)0,\(number % 83)"
                }
            // A byte that is not UTF-8.
            file += Data((line + "\n").utf8.map { $0 == 1 ? 0xE9 : $0 })
        }
        try file.write(to: URL(fileURLWithPath: space.file("products.csv")))
    }

    private static func export(in space: Workspace) throws {
        try FileManager.default.createDirectory(atPath: space.file("export"), withIntermediateDirectories: true)
        try space.write(
            """
            {"stats": [{"n": 1}], "visits": [{"id": 1, "place_id": 7}], "points": [{"id": 1, "place_id": 7}],
             "notifications": [], "places": [{"id": 7, "name": "Graz"}]}
            """, to: "export/data.json")
        try space.tool("zip", "-q", "-r", "export.zip", "export")
    }

    /// 2,000 records, packed and not.
    private static func feed(in space: Workspace) throws {
        try space.generate(2_000)
        try space.tool("mv", "catalogue-1.csv", "feed.csv")
        try space.tool("gzip", "--keep", "feed.csv")
    }

    private static func professionals(in space: Workspace) throws {
        var rows = ["id,email,city"]
        for number in 1...10_000 {
            let email =
                switch number {
                case 17: "ann(at)b.de"
                case 4_711: "bob@localhost"
                case 5_000: ""
                default: "p\(number)@example.org"
                }
            rows.append("\(number),\(email),\(["Austin", "Dallas", "Reno", "Austin"][number % 4])")
        }
        try space.write(rows.joined(separator: "\n") + "\n", to: "professionals.csv")
        try space.write(
            """
            sources:
              professionals:
                match: professionals.csv
                into: sqlite:directory.db
                key: id
                checks:
                  - {name: total count, rows: {min: 9000, max: 600000}}
                  - {name: e-mail format, format: {column: email, as: email}}
                  - {name: top cities, top: {column: city}}
                  - {name: ratings, range: {column: ratings, min: 0, max: 5}}
            """, to: "waybill.yaml")
    }

    /// Runs an import that is killed after a chunk's commit, before the log has it.
    private static func kill(
        _ line: String, in space: Workspace, chunkSize: Int, input: String? = nil, afterChunk count: Int
    ) throws {
        let killed = try space.run(
            line.split(separator: " ").map(String.init),
            environment: [
                "WAYBILL_CHUNK_SIZE": "\(chunkSize)", "WAYBILL_FAULT": "after-destination-commit:\(count)",
            ], input: input)
        try #require(killed.status == -SIGKILL, "\(killed.error)")
    }
}
