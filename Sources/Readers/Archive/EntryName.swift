internal import Records

/// The names that archives give their entries.
enum EntryName {
    /// The longest name in bytes: no file system has longer paths.
    static let maximumBytes = 4096

    /// A name as text that can be printed, the same each time. Names that are not UTF-8 are taken for code page 437, as
    /// in old zips. Control characters are escaped.
    static func text(_ bytes: [UInt8]) -> String {
        let name = String(validating: bytes, as: UTF8.self) ?? String(decodingCodePage437: bytes)
        var rest = Substring(name)
        while rest.hasPrefix("./") && rest.count > 2 { rest = rest.dropFirst(2) }
        return rest.unicodeScalars.reduce(into: "") { text, scalar in
            let isControl = [.control, .format, .lineSeparator, .paragraphSeparator].contains(
                scalar.properties.generalCategory)
            text += isControl ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" : String(scalar)
        }
    }

    /// What makes a name unfit for a path below a folder; nil for a good name. Nothing is ever written to such a path,
    /// but honest archives have no such names.
    static func danger(in name: [UInt8]) -> String? {
        let separators = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
        if name.isEmpty { return "is empty" }
        if name.count > maximumBytes { return "is longer than \(maximumBytes) bytes" }
        if separators.contains(name[0]) { return "begins at the root" }
        if name.count > 1, name[1] == UInt8(ascii: ":"), Unicode.Scalar(name[0]).properties.isAlphabetic {
            return "begins with a drive letter"
        }
        if name.split(whereSeparator: separators.contains).contains(where: { $0.elementsEqual("..".utf8) }) {
            return "leads out of its folder"
        }
        return nil
    }
}

extension String {
    /// The upper half of code page 437, from 0x80.
    private static let codePage437 = Array(
        """
        ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
        αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}
        """.unicodeScalars)

    fileprivate init(decodingCodePage437 bytes: [UInt8]) {
        self.init(
            String.UnicodeScalarView(
                bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : Self.codePage437[Int($0) - 0x80] }))
    }
}
