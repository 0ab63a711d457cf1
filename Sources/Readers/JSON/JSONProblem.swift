internal import Records

/// Why text is not a record that can be used, and where.
struct JSONProblem: Error {
    var kind: Kind
    var position: Int

    init(_ kind: Kind, at position: Int) {
        self.kind = kind
        self.position = position
    }

    enum Kind: UInt8 {
        /// The text ends before the value does.
        case ended
        case expectedValue, expectedKey, expectedColon, expectedCommaOrBrace, expectedCommaOrBracket
        case badNumber, badLiteral, badEscape, controlCharacter
        case loneSurrogate, notUTF8, nul
        case tooDeep, unknownField, duplicateField, longKey, notAnObject
        /// Something follows a record on its line.
        case textAfterRecord
        /// Something follows the document.
        case textAfterDocument
        /// A record follows another one without a comma between them.
        case missingComma
        /// Nothing stands before this comma or bracket.
        case missingRecord
        /// The next record begins before this one ends.
        case notClosed
    }

    var code: RejectCode {
        switch kind {
        case .loneSurrogate, .notUTF8: .encoding
        case .nul: .nulByte
        case .tooDeep: .tooDeep
        case .longKey: .tooLarge
        case .unknownField: .unknownField
        case .duplicateField: .duplicateField
        case .notAnObject: .notAnObject
        default: .syntax
        }
    }
}
