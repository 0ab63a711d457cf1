internal import Records

extension TextEncoding {
    /// The encoding of this name or usual alias, in any case, with or without hyphens; nil for an unknown one.
    package init?(name: String) {
        let plain = Self.plain(name)
        guard let encoding = Self.byName[plain] ?? Self.aliases[plain] else { return nil }
        self = encoding
    }

    private static func plain(_ name: String) -> String { name.lowercased().filter { !"-_ .:".contains($0) } }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { (plain($0.rawValue), $0) })

    private static let aliases: [String: TextEncoding] = {
        var names: [String: TextEncoding] = [
            "ascii": .utf8, "usascii": .utf8, "utf8sig": .utf8, "utf8bom": .utf8, "utf8mb4": .utf8,
            "ansi": .windows1252,
            "unicode": .utf16, "ucs2le": .utf16le, "ucs2be": .utf16be, "l1": .latin1, "latin1": .latin1,
            "latin2": .latin2, "latin3": .latin3, "latin4": .latin4, "latin5": .latin5, "latin6": .latin6,
            "latin7": .latin7, "latin8": .latin8, "latin9": .latin9, "latin0": .latin9, "latin10": .latin10,
            "greek": .greek, "hebrew": .hebrew, "arabic": .arabic, "cyrillic": .cyrillic, "tis620": .thai,
            "koi8": .koi8r, "windows874": .cp874, "win874": .cp874, "win866": .cp866,
            "cp936": .gbk, "ms936": .gbk, "windows936": .gbk, "gb2312": .gbk, "euccn": .gbk, "cp54936": .gb18030,
            "cp950": .big5, "ms950": .big5, "windows950": .big5, "big5tw": .big5, "hkscs": .big5hkscs,
            "sjis": .shiftJIS, "mskanji": .shiftJIS, "ms932": .cp932, "windows31j": .cp932, "windows932": .cp932,
            "ujis": .eucJP, "eucjpms": .eucJP, "ksc5601": .eucKR, "ksc56011987": .eucKR,
            "uhc": .cp949, "ms949": .cp949, "windows949": .cp949,
        ]
        for encoding in allCases {
            let plain = plain(encoding.rawValue)
            if plain.hasPrefix("windows") {
                let number = plain.dropFirst("windows".count)
                for prefix in ["cp", "win", "ms", ""] { names[prefix + number] = encoding }
            } else if plain.hasPrefix("cp") {
                let number = plain.dropFirst("cp".count)
                for prefix in ["ibm", "dos", "oem", ""] { names[prefix + number] = names[prefix + number] ?? encoding }
            } else if plain.hasPrefix("iso8859") {
                names["8859" + plain.dropFirst("iso8859".count)] = encoding
            }
        }
        return names
    }()

    /// The names that someone may have meant to write.
    package static let usualNames =
        allCases.map(\.rawValue) + ["latin1", "latin2", "cp1250", "cp1251", "cp1252", "sjis"]

    /// What can be named.
    package static let words =
        "utf-8, utf-16, windows-1250 to -1258, iso-8859-1 to -16, koi8-r, koi8-u, cp437, cp850 and other code pages, gbk, "
        + "gb18030, big5, shift-jis, euc-jp, euc-kr and others"

    /// What the C library calls it.
    var iconvName: String {
        switch self {
        case .cp437, .cp850, .cp852, .cp855, .cp857, .cp858, .cp862, .cp865, .cp866: "IBM" + rawValue.dropFirst(2)
        case .shiftJIS: "SHIFT_JIS"
        case .big5: "CP950"
        case .cp949: "UHC"
        case .thai: "ISO-8859-11"
        default:
            rawValue.hasPrefix("windows-") ? "CP" + rawValue.dropFirst("windows-".count) : rawValue.uppercased()
        }
    }
}
