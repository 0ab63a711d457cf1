import Foundation
import Testing

/// A kind of source, made of the same 2,000 products and what goes with them.
enum SourceKind: String, CaseIterable, CustomTestStringConvertible {
    case json = "c.json"
    case lines = "c.ndjson"
    case sections = "s.json"
    case sql = "d.sql"
    case gzip = "c.csv.gz"
    case zstd = "c.csv.zst"
    case bzip2 = "c.csv.bz2"
    case xz = "c.csv.xz"
    case zip = "e.zip"
    case tar = "e.tar.gz"
    case sheets = "b.xlsx"

    var testDescription: String { rawValue }

    /// Places come last in the document and are written first; values are looked at in one table.
    static let configuration = """
        sources:
          all:
            match: "*"
            sections:
              visits: {after: places, key: id}
              "*d.sql/places": {table: sql_places}
              products:
                columns:
                  name: {to: title, trim: true}
                  sku: {unique: true}
                compose:
                  - label: "{sku}: {title}"
        """

    private static let records = 2_000

    private static func product(_ index: Int) -> [(String, String)] {
        [
            ("sku", "\"S-\(index)\""), ("name", "\" Name \\\"\(index)\\\" ü \""),
            ("price", index % 9 == 0 ? "null" : "\(index).50"), ("stock", "\(index % 50)"),
        ]
    }

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }

    private static var products: [String] { (0..<records).map { object(product($0)) } }

    private static var document: String {
        let visits = (0..<1_500).map { object([("id", "\($0)"), ("place", "\($0 % 40)")]) }
        let places = (0..<40).map { object([("id", "\($0)"), ("geo", "{\"lat\": \($0).25}")]) }
        return "{\"version\": 1, \"visits\": [\(visits.joined(separator: ",\n"))], "
            + "\"products\": [\(products.joined(separator: ",\n"))], \"places\": [\(places.joined(separator: ","))]}"
    }

    private static var csv: String {
        "sku,name,price,stock\n"
            + (0..<records).map { index in
                index % 211 == 7 ? "broken\n" : "S-\(index),\"Name \"\"\(index)\"\"\nü\",\(index).50,\(index % 50)\n"
            }.joined()
    }

    private static var statements: String {
        var text = "CREATE TABLE items (id INT, name TEXT);\n"
        for first in stride(from: 0, to: 1_200, by: 40) {
            let rows = (first..<first + 40).map { "(\($0), 'it''s \($0);')" }
            text += "INSERT INTO items (id, name) VALUES \(rows.joined(separator: ",\n"));\n"
            text += "INSERT INTO places VALUES (\(first), NULL), (\(first + 1), now());\n"
        }
        return text
    }

    /// Makes the source in the workspace, with the tools of the system where it is packed.
    func make(in space: Workspace) throws {
        switch self {
        case .json: try space.write("[\(Self.products.joined(separator: ",\n"))]", to: rawValue)
        case .lines:
            try space.write(Self.products.joined(separator: "\n") + "\n{\"sku\": \"cut\n", to: rawValue)
        case .sections: try space.write(Self.document, to: rawValue)
        case .sql: try space.write(Self.statements, to: rawValue)
        case .gzip, .zstd, .bzip2, .xz:
            try space.write(Self.csv, to: "c.csv")
            let tool = [Self.gzip: "gzip", .zstd: "zstd", .bzip2: "bzip2", .xz: "xz"][self] ?? ""
            try space.tool(tool, "-q", "-f", "c.csv")
        case .zip, .tar:
            try FileManager.default.createDirectory(atPath: space.file("in"), withIntermediateDirectories: true)
            try space.write(Self.csv, to: "in/c.csv")
            try space.write(Self.document, to: "in/s.json")
            try space.write(Self.statements, to: "in/d.sql")
            try space.write("Read me, please.\n", to: "in/README.txt")
            if self == .zip {
                try space.tool("zip", "-q", "-r", rawValue, "in")
            } else {
                try space.tool("tar", "-czf", rawValue, "in")
            }
        case .sheets:
            try space.write(
                """
                import xlsxwriter
                book = xlsxwriter.Workbook("b.xlsx")
                for name in ("products", "Stock"):
                    sheet = book.add_worksheet(name)
                    sheet.write_row(0, 0, ["sku", "name", "price"])
                    for i in range(1500):
                        sheet.write_row(i + 1, 0, [f"S-{i}", f" text {i % 300} ", i * 1.5])
                book.close()
                """, to: "make.py")
            try space.tool("/usr/bin/python3", "make.py")
        }
    }
}
