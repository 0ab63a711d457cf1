/// What a number is worth; integers are compared exactly.
package enum NumberValue: Sendable, Equatable {
    case integer(Int64)
    case real(Double)

    /// Reads plain notation; nil if the text is not a number.
    package init?(_ text: UnsafeRawBufferPointer) {
        switch NumberText.classify(text) {
        case .integer(let value): self = .integer(value)
        case .decimal(let value): self = .real(value)
        case .text: return nil
        case .otherNumber:
            let text = String(decoding: text, as: UTF8.self)
            if let value = Int64(text) {
                self = .integer(value)
            } else if let value = Double(text) {
                self = .real(value)
            } else {
                return nil
            }
        }
    }

    package init?(_ text: String) {
        var text = text
        guard let value = text.withUTF8({ NumberValue(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    /// The nearest double.
    package var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        }
    }

    package static func == (left: NumberValue, right: NumberValue) -> Bool { !(left < right) && !(right < left) }
}

extension NumberValue: Comparable {
    package static func < (left: NumberValue, right: NumberValue) -> Bool {
        if case .integer(let left) = left, case .integer(let right) = right { return left < right }
        return left.double < right.double
    }
}
