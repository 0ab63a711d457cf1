import Foundation
import ImportEngine
import ImportLog
import Records
import Testing

/// Every byte of a JSON document is accounted for: as a row, as a reject, as a part that is named, or by a refusal.
@Suite struct JSONAccountTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    private func inspect(_ bytes: some Sequence<UInt8>, only: [String] = []) throws -> Inspection {
        let file = directory.appendingPathComponent("d.json")
        try Data(bytes).write(to: file)
        var options = ImportOptions()
        options.only = only
        return try Inspection(options.inspectionPlan(for: file.path), rows: 5)
    }

    static let documents = [
        #"{"a":[{"x":1},{"x":2}],"b":[{"y":"é"}],"c":[],"d":{"e":[1]},"n":5}"#,
        #"{"a":[],"s":{"k":1},"b":[{"y":1}],"c":[]}"#,
        #"{"a":[{"x":1}],"c":[]}"#, #"[{"x":1},{"x":"]"}]"#, "{\"x\":1}\n{\"x\":2}\n", #"{"x":1}{"x":2}"#,
        #"{"d":{"r":[{"x":1}],"t":5},"m":{"o":1}}"#, "[]", #"{"x":{"y":1}}"#,
    ]

    /// Without a word, nothing may be wrong: Foundation reads each line, or the document.
    private func isSound(_ bytes: [UInt8], _ original: String) -> Bool {
        func parses(_ part: some Sequence<UInt8>) -> Bool {
            (try? JSONSerialization.jsonObject(with: Data(part))) != nil
        }
        if parses(bytes) { return true }
        // Several documents: cut after each brace that ends one.
        var rest = bytes[...]
        while !rest.allSatisfy({ $0 == 0x20 || (9...13).contains($0) }) {
            let end = rest.indices.first { parses(rest[...$0]) }
            guard let end else { return false }
            rest = rest[(end + 1)...]
        }
        return true
    }

    @Test(arguments: documents)
    func aCutOrDamagedDocumentNeverPassesForAWholeOne(_ text: String) throws {
        let bytes = Array(text.utf8)
        var damaged: [[UInt8]] = bytes.indices.map { Array(bytes[..<$0]) }
        for position in bytes.indices {
            for byte in ["x", ",", "}", "]", "{", "\"", " "].map({ Array($0.utf8)[0] }) where byte != bytes[position] {
                damaged.append(Array(bytes[..<position]) + [byte] + Array(bytes[(position + 1)...]))
            }
            damaged.append(Array(bytes[..<position]) + Array(bytes[(position + 1)...]))
        }
        for bytes in damaged where !isSound(bytes, text) {
            guard let found = try? inspect(bytes) else { continue }
            let isTold =
                found.sections.contains { !$0.rejects.isEmpty } || found.leftOut.contains { $0.kind == .mayBeData }
            #expect(isTold, "\(String(decoding: bytes, as: UTF8.self)): \(found.sections.map(\.records?.count))")
        }
    }

    @Test func anArrayWhoseRecordsAreAllBadIsReadAndRejected() throws {
        let found = try inspect(#"{"good":[{"x":1}],"readings":[{"t":NaN},{"t":NaN}]}"#.utf8)
        #expect(found.sections.map(\.name) == ["good", "readings"])
        #expect(found.sections.last?.rejects.count == 2)
        #expect(found.sections.last?.columns.map(\.name) == ["t"])
    }

    @Test func valuesBesideArraysAreNamedAndReadAsOneRowWhereSomebodyNamesThem() throws {
        let text = #"{"version":3,"settings":{"k":"v","n":1},"items":[{"x":1}],"counts":[1,2]}"#
        let found = try inspect(text.utf8)
        #expect(found.sections.map(\.name) == [""])
        #expect(found.leftOut.map(\.name) == ["version", "settings", "counts"])
        #expect(found.leftOut.allSatisfy { $0.kind == .notData })
        let rows = ["version": ["3"], "settings": ["v", "1"], "counts": ["[1,2]"]]
        for (name, row) in rows {
            let section = try inspect(text.utf8, only: [name]).sections
            #expect(section.map(\.rows) == [[row]], "\(name)")
            #expect(section.first?.table == name)
        }
        #expect(try inspect(text.utf8, only: ["*"]).sections.map(\.name) == [""], "a pattern means the arrays")
        #expect(throws: DataError.self) { try inspect(text.utf8, only: ["2"]) }
    }

    @Test func damageBehindASectionIsToldEvenWhereTheLastOneIsLeftOut() throws {
        let found = try inspect(#"{"a":[{"x":1}],"b":[{"y":1}],"c":[1,,]}"#.utf8, only: ["a"])
        #expect(found.sections.first?.rejects.count == 1)
    }

    @Test func tooManyArraysAreRefusedWithTheWayOut() throws {
        let arrays = (0...10_000).map { "\"k\($0)\":[{\"x\":1}]" }.joined(separator: ",")
        let error = #expect(throws: DataError.self) { try inspect("{\(arrays)}".utf8) }
        #expect(error?.message.contains("more than 10000 arrays") == true)
        #expect(error?.remedy?.contains("jq") == true)
    }

    @Test(arguments: [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian])
    func jsonInUTF16IsReadAsWhatItIs(_ encoding: String.Encoding) throws {
        let found = try inspect("[\r\n{\"id\":1,\"n\":\"Zoë 😀\"}]".data(using: encoding)!)
        #expect(found.sections.first?.rows == [["1", "Zoë 😀"]])
    }

    @Test func theEncodingThatIsGivenHoldsForJSON() throws {
        let file = directory.appendingPathComponent("l.json")
        try #"[{"n":"José"}]"#.data(using: .isoLatin1)!.write(to: file)
        var options = ImportOptions()
        options.reading.encoding = "latin1"
        #expect(try Inspection(options.inspectionPlan(for: file.path), rows: 1).sections.first?.rows == [["José"]])
    }
}
