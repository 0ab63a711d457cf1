internal import ImportLog

extension LeftOutPart {
    /// What the pages of an API are called that come after the one that is read.
    static let nextPage = "the next page"

    /// Whether it stands for further pages, of the source or of an archive's entry.
    var isNextPage: Bool { name == Self.nextPage || name.hasSuffix("/\(Self.nextPage)") }

    /// - Parameter option: what reads all pages; nil if none does.
    static func nextPage(_ reason: String, option: String?) -> LeftOutPart {
        LeftOutPart(
            name: nextPage, reason: reason, kind: .mayBeData,
            remedy: option.map { "To read all pages, import the API's URL with \($0)." }
                ?? "Fetch all pages, put their records into one file, and import that.")
    }
}
