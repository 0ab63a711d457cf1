/// What a cell's number format makes of its number.
enum NumberFormat: UInt8, Sendable {
    case number, date, time, dateTime
    /// A length of time, `[h]:mm:ss`.
    case duration

    /// The format of a built-in id (ECMA-376 part 1, 18.8.30), those of East Asian languages included.
    init(builtInID id: Int) {
        switch id {
        case 14...17, 27...36, 50...58: self = .date
        case 18...21, 45, 47: self = .time
        case 22: self = .dateTime
        case 46: self = .duration
        default: self = .number
        }
    }

    /// The format that a format code means: whether its first section, which is for positive numbers, has letters that
    /// stand for parts of dates and times.
    init(code: String) {
        var hasDate = false
        var hasTime = false
        var months = 0
        var characters = Array(code.lowercased())[...]
        while let character = characters.popFirst() {
            switch character {
            case ";":
                characters = []
            case "\"":
                characters = characters.drop { $0 != "\"" }.dropFirst()
            case "\\", "_", "*":
                // The next character is meant as it is, as the width of a space, or to fill the cell.
                characters = characters.dropFirst()
            case "[":
                let content = characters.prefix { $0 != "]" }
                characters = characters.dropFirst(content.count + 1)
                if let first = content.first, "hms".contains(first), content.allSatisfy({ $0 == first }) {
                    self = .duration
                    return
                }
            case "g" where characters.starts(with: "eneral"):
                characters = characters.dropFirst(6)
            case "a" where characters.starts(with: "m/pm") || characters.starts(with: "/p"):
                hasTime = true
                characters = characters.dropFirst(characters.first == "m" ? 4 : 2)
            case "y", "d":
                hasDate = true
            case "h", "s":
                hasTime = true
            case "m":
                months += 1
            default:
                break
            }
        }
        // An `m` beside hours or seconds is minutes; `mmm` and longer is always a month.
        if months > 2 || (months > 0 && !hasTime) { hasDate = true }
        self = hasDate ? (hasTime ? .dateTime : .date) : hasTime ? .time : .number
    }
}
