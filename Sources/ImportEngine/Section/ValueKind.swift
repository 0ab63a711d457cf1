/// What a value is by its spelling.
enum ValueKind: Hashable {
    case empty, integer, decimal
    /// A date, a time or both, in digits.
    case date
    /// An address of the Web or of mail.
    case address
    case uuid
    /// `true` or `false`.
    case boolean
    /// A number with a currency's sign, or per cent.
    case amount
    case word

    init(_ text: String) {
        let bytes = text.utf8.drop { $0 == 0x20 }
        guard let first = bytes.first else {
            self = .empty
            return
        }
        let digits = bytes.count { (0x30...0x39).contains($0) }
        if digits > 0 {
            let others = bytes.filter { !(0x30...0x39).contains($0) }
            let number = others.first == 0x2D && first == 0x2D ? others.dropFirst()[...] : others[...]
            if number.isEmpty {
                self = .integer
                return
            }
            if number.count == 1, number.first == 0x2E || number.first == 0x2C {
                self = .decimal
                return
            }
            if Self.isScientific(text.utf8) {
                self = .decimal
                return
            }
            if Self.isTime(bytes) || Self.isDateWithMonth(text) {
                self = .date
                return
            }
            let isDate =
                digits >= 4 && (0x30...0x39).contains(first) && others.count > 1
                && others.allSatisfy { "-/.:TZ+ ".utf8.contains($0) }
            if isDate {
                self = .date
                return
            }
        }
        self =
            if text.contains("://") || text.contains("@") && !text.contains(" ") {
                .address
            } else if Self.isUUID(text.utf8) {
                .uuid
            } else if ["true", "false"].contains(text.lowercased()) {
                .boolean
            } else if digits > 0, Self.isAmount(text) {
                .amount
            } else {
                .word
            }
    }

    /// `1e5`, `2.5E-3`.
    private static func isScientific(_ text: String.UTF8View) -> Bool {
        guard let last = text.last, (0x30...0x39).contains(last), text.contains(where: { $0 | 0x20 == 0x65 }),
            text.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) })
        else { return false }
        return Double(String(text)) != nil
    }

    /// `9:05`, `10:00`.
    private static func isTime(_ bytes: Substring.UTF8View) -> Bool {
        let parts = bytes.split(separator: 0x3A, omittingEmptySubsequences: false)
        return parts.count == 2 && (1...2).contains(parts[0].count) && parts[1].count == 2
            && parts.allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) } }
    }

    /// `5-Jan-2024`, as Oracle writes it, and `5 Jan 2024`.
    private static func isDateWithMonth(_ text: String) -> Bool {
        let parts = text.split { $0 == "-" || $0 == " " }
        return parts.count == 3 && parts[0].count <= 2 && parts[0].allSatisfy(\.isNumber) && parts[1].count == 3
            && months.contains(parts[1].lowercased()) && [2, 4].contains(parts[2].count)
            && parts[2].allSatisfy(\.isNumber)
    }

    private static let months: Set = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func isUUID(_ text: String.UTF8View) -> Bool {
        text.count == 36
            && text.enumerated().allSatisfy { index, byte in
                let isDash = [8, 13, 18, 23].contains(index)
                return isDash ? byte == 0x2D : Character(UnicodeScalar(byte)).isHexDigit
            }
    }

    private static func isAmount(_ text: String) -> Bool {
        text.contains { amountSigns.contains($0) }
            && text.allSatisfy { $0.isASCII && $0.isNumber || ".,'-+ ".contains($0) || amountSigns.contains($0) }
    }

    static let amountSigns: Set<Character> = ["$", "€", "£", "¥", "%"]

    var isNumber: Bool { self == .integer || self == .decimal }
    var isFigure: Bool { isNumber || self == .date }
}
