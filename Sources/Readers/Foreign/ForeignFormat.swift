package import Records

/// A format that is recognised so that it can be refused by its name: taken for CSV, it would become a table of nonsense.
package struct ForeignFormat: Sendable, Equatable {
    /// With its article: `a Parquet file`.
    package let name: String
    /// How to get at its data.
    package let remedy: String

    /// False for what is made for people to look at, such as a picture.
    package let mayHoldTable: Bool

    init(_ name: String, _ remedy: String, mayHoldTable: Bool = true) {
        self.name = name
        self.remedy = remedy
        self.mayHoldTable = mayHoldTable
    }

    /// What a source's first bytes say it is; nil if it may be one of the formats that are read.
    ///
    /// - Parameter mediaType: what a server calls it, with or without parameters.
    package init?(head: [UInt8], mediaType: String? = nil) {
        if let found = Self.signed(head) ?? Self.packedAgain(head) {
            self = found
            return
        }
        if HeadText.isUTF32(head) {
            self = Self("text in UTF-32", "Convert it first: iconv -f UTF-32 -t UTF-8 FILE | \(DataError.pipedImport)")
            return
        }
        let text = HeadText(head)
        let isSaidToBeHTML = mediaType?.lowercased().hasPrefix("text/html") ?? false
        guard
            let found = Self.markedUp(text, isSaidToBeHTML: isSaidToBeHTML) ?? Self.wrapped(text) ?? Self.written(text)
                ?? Self.lined(text)
        else { return nil }
        self = found
    }

    /// What a zip is by the names of its entries, where it is a document of some program; nil if it is an archive.
    package init?(entries: [String]) {
        let known: [(entry: String, name: String)] = [
            ("word/document.xml", "a Word document (.docx)"), ("ppt/presentation.xml", "a presentation (.pptx)"),
            ("Index/Document.iwa", "a Numbers, Pages or Keynote document"),
            ("Index.zip", "a Numbers or Pages document"),
            ("META-INF/container.xml", "an e-book (.epub)"),
        ]
        let names = Set(entries)
        guard let found = known.first(where: { names.contains($0.entry) }) else { return nil }
        self.init(found.name, "Put its table into a spreadsheet, save that as .xlsx or .csv, and import that.")
    }

    /// Text in a format of which only the file's name tells.
    package init(endingOfText ending: String) {
        self.init(
            "\(ending.uppercased()), by its name",
            "Convert it to JSON first, for example with yq -o json FILE | \(DataError.pipedImport); if it is CSV anyway, "
                + "add --format csv.")
    }

    /// Why a source of this name is not imported.
    package func refusal(of source: String) -> DataError {
        DataError(.malformed, "\(source) is \(name), which Waybill does not read.", remedy: remedy)
    }

    /// What was packed one time more than is unpacked.
    private static func packedAgain(_ head: [UInt8]) -> ForeignFormat? {
        switch Container.detect(head: head) {
        case .plain: nil
        case .compressed(let compression):
            Self("\(compression.rawValue) data inside compressed data", "Unpack it once and import the result.")
        case .archive(let format, _):
            Self("a \(format.rawValue) archive inside compressed data", "Unpack it once and import the result.")
        }
    }
}
