/// A member of the document's object that is a string or a number.
package struct JSONMember: Sendable, Hashable {
    package var name: String
    /// The string's text, or the number as it stands in the document.
    package var value: String

    /// No more members than this are kept.
    package static let maximumCount = 100
    /// Members whose name or value has more bytes than this are not kept.
    package static let maximumBytes = 1_024

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
