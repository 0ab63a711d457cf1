internal import Records

/// Turns a value of the source into what goes into the table, and compares what has an order.
enum Conversion: Sendable {
    /// Nothing to do.
    case none
    case number(NumberFormat, Bounds<NumberValue>)
    case boolean
    /// The formats are tried in order.
    case time([DateFormat], ValueType, Bounds<DateTime.Moment>)

    struct Bounds<Value: Comparable & Sendable>: Sendable {
        var min: Value?
        var max: Value?

        var isEmpty: Bool { min == nil && max == nil }

        func failure(of value: Value) -> Rule? {
            if let min, value < min { return .min }
            if let max, max < value { return .max }
            return nil
        }
    }

    /// Appends the converted value to `output`, which may have anything appended where a rule fails.
    @inline(__always)
    func append(_ value: UnsafeRawBufferPointer, to output: inout [UInt8]) -> Rule? {
        switch self {
        case .none:
            output.append(contentsOf: value)
            return nil
        case .number(let format, let bounds):
            let start = output.count
            guard format.append(value, to: &output) else { return .format }
            if bounds.isEmpty { return nil }
            let number = output.withUnsafeBytes { NumberValue(UnsafeRawBufferPointer(rebasing: $0[start...])) }
            return number.map { bounds.failure(of: $0) } ?? .format
        case .boolean:
            guard let flag = BooleanText.value(value) else { return .format }
            output.append(UInt8(ascii: flag ? "1" : "0"))
            return nil
        case .time(let formats, let type, let bounds):
            for format in formats {
                guard let time = format.parse(value) else { continue }
                if type == .date { time.appendDate(to: &output) } else { time.appendTimestamp(to: &output) }
                return bounds.isEmpty ? nil : bounds.failure(of: time.moment)
            }
            return .format
        }
    }
}
