import Foundation
import Readers
import Records
import Testing

/// A workbook is the same however its package is spelt: where its parts stand, how they are referred to, and what the
/// archive calls them.
@Suite struct XLSXPackageTests {
    private static let rows = """
        <row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>\
        <row><c t="s"><v>1</v></c><c s="1"><v>45413</v></c></row><row><c><v>1E3</v></c><c t="b"><v>1</v></c></row>\
        <row><c t="d"><v>2024-05-01</v></c><c t="str"><f>A1</f><v>x_x000D_</v></c></row>
        """
    private static let strings = ["<si><t>zero</t></si>", "<si><r><t>one</t></r><rPh><t>ONE</t></rPh></si>"]

    /// The same file with its parts elsewhere, in another vocabulary.
    private struct Spelling {
        var random: SplitMix

        mutating func file() -> XLSXFile {
            let plain = XLSXFile(rows: rows, strings: strings, styles: ["yyyy-mm-dd"])
            var file = plain
            file.parts = [:]
            let book = ["xl/workbook.xml", "book 1.xml", "data/my book.xml", "wörk/b.xml"].randomElement(
                using: &random)!
            let folder = book.split(separator: "/").dropLast().map { "\($0)/" }.joined()
            let name = String(book.split(separator: "/").last ?? "")
            func place(_ target: String) -> String {
                target.hasPrefix("../") ? String(target.dropFirst(3)) : folder + target
            }
            let up = folder.isEmpty ? "" : ["", "../"].randomElement(using: &random)!
            let sheet = up + ["sheets/1.xml", "my sheets/1 (2).xml", "é/日.xml"].randomElement(using: &random)!
            let shared = ["sharedStrings.xml", "s s/texts.xml"].randomElement(using: &random)!
            file.parts["_rels/.rels"] = XLSXFile.relationships([("r1", "officeDocument", target(book, of: "", ""))])
            file.parts["\(folder)_rels/\(name).rels"] = XLSXFile.relationships([
                ("r3", "sharedStrings", target(shared, of: folder, place(shared))),
                ("r2", "styles", target("styles.xml", of: folder, place("styles.xml"))),
                ("r1", "worksheet", target(sheet, of: folder, place(sheet))),
            ])
            let parts = [
                ("xl/workbook.xml", book), ("xl/worksheets/sheet1.xml", place(sheet)),
                ("xl/sharedStrings.xml", place(shared)), ("xl/styles.xml", place("styles.xml")),
            ]
            for (old, new) in parts { file.parts[new] = plain.parts[old] }
            if Bool.random(using: &random) { prefix(&file) }
            return file
        }

        /// How a relationship refers to a part that is at `place`.
        private mutating func target(_ relative: String, of folder: String, _ place: String) -> String {
            var target = relative
            switch Int.random(in: 0..<4, using: &random) {
            case 0: target = "/" + (place.isEmpty ? relative : place)
            case 1 where !relative.hasPrefix("../"): target = "./" + relative
            default: break
            }
            if Bool.random(using: &random) {
                target = target.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? target
            }
            return Int.random(in: 0..<4, using: &random) == 0 ? target.replacing("/", with: "\\") : target
        }

        /// The strict namespace, with a prefix.
        private func prefix(_ file: inout XLSXFile) {
            for (part, text) in file.parts where !part.hasSuffix(".rels") {
                file.parts[part] = text.replacing(XLSXFile.namespace, with: "xmlns:q=\"http://purl.oclc.org/ooxml/m\"")
                    .replacing(/<(\/?)([a-zA-Z])/) { "<\($0.output.1)q:\($0.output.2)" }
            }
        }

        /// What the archive calls a part.
        mutating func entry(_ part: String) -> String {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: part.uppercased()
            case 1: part.replacing("/", with: "\\")
            case 2: part.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? part
            default: part
            }
        }
    }

    @Test("a workbook is read alike however its package is spelt", arguments: 0..<60)
    func spelling(seed: Int) throws {
        let plain = try XLSXFile(rows: Self.rows, strings: Self.strings, styles: ["yyyy-mm-dd"]).read()
        var spelling = Spelling(random: SplitMix(state: UInt64(seed)))
        let file = spelling.file()
        let entries = file.parts.map { (name: spelling.entry($0), text: $1) }
        let names = PartNames(entries.map(\.name))
        let workbook = try XLSXWorkbook(open: { part in
            names.place(of: part).map { TrickleSource(Array(entries[$0].text.utf8), step: .max) }
        })
        let reading = try readSheet(workbook, sheet: workbook.sheet("Data"))
        #expect(
            reading.lines == plain.lines,
            "\(file.parts.keys.sorted()) \(file.parts.filter { $0.key.hasSuffix(".rels") })")
        #expect(reading.flaws.isEmpty)
    }
}
