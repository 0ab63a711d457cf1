/// A member of the document's object that is a string or a number.
package struct JSONMember: Sendable, Hashable {
    package var name: String
    /// The string's text, or the number as it is in the document; nil for a member of a batch that is neither, or is
    /// too long or no text.
    package var value: String?

    /// No more members than this are kept, apart from those of a batch.
    package static let maximumCount = 100
    /// Members whose name or value has more bytes than this are not kept.
    package static let maximumBytes = 1_024

    package init(name: String, value: String?) {
        self.name = name
        self.value = value
    }

    /// Whether it is kept where so many are kept already.
    func isKept(behind count: Int) -> Bool {
        count < Self.maximumCount || BatchEnvelope.names.contains(name) && count < 2 * Self.maximumCount
    }
}
