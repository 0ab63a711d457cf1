internal import Records

/// Texts of other forms than tables, told by how their first lines are written. Each would pass for CSV of odd columns.
extension ForeignFormat {
    static func lined(_ text: HeadText) -> ForeignFormat? {
        let lines = text.lines
        guard let first = lines.first else { return nil }
        if let found = beginnings.first(where: { first.hasPrefix($0.line) }) { return found.format }
        let second = lines.dropFirst().first { !$0.isEmpty } ?? ""
        return message(first, second, lines) ?? settings(lines) ?? drawn(lines) ?? log(first, second, lines)
            ?? answer(lines)
    }

    private static let toCSV = "Convert it to CSV or JSON first, with a program that knows the format."
    private static let toJSON = "Convert it to JSON first: yq -o json FILE | \(DataError.pipedImport)"

    private static let beginnings: [(line: String, format: ForeignFormat)] = [
        (
            "version https://git-lfs.github.com/spec/",
            Self("a Git LFS pointer instead of the file", "Fetch the file itself: git lfs pull.")
        ),
        ("-----BEGIN ", Self("a key, a certificate or a message in PEM form", "Check that it is the right file.")),
        ("UNA:+", Self("an EDIFACT message", toCSV)), ("UNB+", Self("an EDIFACT message", toCSV)),
        ("MSH|^~\\&", Self("an HL7 message", toCSV)), ("8=FIX.", Self("a FIX message", toCSV)),
        ("{1:F01", Self("a SWIFT message", toCSV)), ("!Type:", Self("a QIF file", toCSV)),
        ("OFXHEADER:", Self("an OFX file", toCSV)), ("dn: ", Self("an LDIF file", toCSV)),
        ("dn:: ", Self("an LDIF file", toCSV)), ("TY  - ", Self("a RIS file", toCSV)),
        ("\\documentclass", Self("a LaTeX document", "Export its table as CSV from the original program.")),
        ("\\begin{", Self("a LaTeX document", "Export its table as CSV from the original program.")),
        ("#!/", Self("a script", "Check that it is the right file.", mayHoldTable: false)),
        ("@prefix ", Self("RDF (Turtle)", toCSV)), ("@base ", Self("RDF (Turtle)", toCSV)),
        ("diff --git ", Self("a patch", "Apply it, and import the file that it changes.")),
        ("@relation ", Self("an ARFF file", toCSV)), ("@RELATION ", Self("an ARFF file", toCSV)),
        (
            "##fileformat=VCF",
            Self(
                "a VCF file of genetic variants",
                "Remove the lines above its header: grep -v '^##' FILE | \(DataError.pipedImport) --format csv")
        ),
        ("ASCII SPSS PORT FILE", Self("an SPSS file (.por)", toCSV)), ("SIMPLE  =", Self("a FITS file", toCSV)),
        ("REDIS0", Self("a Redis snapshot", "Export its keys as JSON, for example with rdb --command json FILE.")),
    ]

    /// Mail, and what businesses send each other.
    private static func message(_ first: String, _ second: String, _ lines: [String]) -> ForeignFormat? {
        let letters = Array(first.prefix(7))
        if first.hasPrefix("ISA"), letters.count == 7, "*|^~".contains(letters[3]), letters[3] == letters[6],
            letters[4].isNumber, letters[5].isNumber, letters[3] == "*" || first.count(where: { $0 == letters[3] }) > 14
        {
            return Self("an X12 message", toCSV)
        }
        if first.hasPrefix(":20:"), lines.contains(where: { $0.hasPrefix(":25:") || $0.hasPrefix(":28") }) {
            return Self("an MT940 bank statement", toCSV)
        }
        let fields = [
            "From", "To", "Subject", "Date", "Received", "Return-Path", "Message-ID", "MIME-Version", "Delivered-To",
            "Content-Type", "Reply-To",
        ]
        let isMailbox = first.hasPrefix("From ") && first.contains("@")
        let known = lines.prefix(20).prefix { !$0.isEmpty }.filter { line in
            fields.contains { line.hasPrefix($0 + ": ") }
        }
        let beginsWithField = fields.contains { first.hasPrefix($0 + ": ") }
        if isMailbox && !known.isEmpty || beginsWithField && known.count > 1 {
            return Self("an e-mail", "Save its attachment, and import that.")
        }
        if first.hasPrefix("@"), let brace = first.firstIndex(of: "{"),
            first[..<brace].dropFirst().allSatisfy({ $0.isASCII && $0.isLetter }),
            brace > first.index(after: first.startIndex)
        {
            return Self("a BibTeX file", toCSV)
        }
        if first.hasPrefix("<http"), first.hasSuffix(" ."), first.contains("> <") {
            return Self("RDF (N-Triples)", toCSV)
        }
        if first.hasPrefix("--- "), second.hasPrefix("+++ ") {
            return Self("a patch", "Apply it, and import the file that it changes.")
        }
        let octal = first.utf8.prefix(76)
        if first.hasPrefix("070707"), octal.count == 76, octal.allSatisfy({ (0x30...0x37).contains($0) }) {
            return Self("a cpio archive", "Unpack it (bsdtar -xf FILE) and import the files in it.")
        }
        let words = first.split(separator: " ")
        if words.count == 3, words[0] == "begin", words[1].count == 3, words[1].allSatisfy({ ("0"..."7").contains($0) })
        {
            return Self("uuencoded data", "Decode it first: uudecode -o FILE")
        }
        return nil
    }

    /// YAML, TOML and INI under any name.
    private static func settings(_ lines: [String]) -> ForeignFormat? {
        let lines = lines.lazy.filter { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix(";") }.prefix(3)
        guard let first = lines.first, let second = lines.dropFirst().first else { return nil }
        if first == "---" {
            let key = second.prefix { $0 != ":" }
            let behind = second.dropFirst(key.count + 1).first
            let hasKey = key.count < second.count && !key.contains(",") && (behind == nil || behind == " ")
            return second.hasPrefix("- ") || hasKey ? Self("YAML", toJSON) : nil
        }
        guard first.hasPrefix("["), first.hasSuffix("]") else { return nil }
        let name = first.drop { $0 == "[" }.prefix { $0 != "]" && $0 != "[" }
        guard first.drop(while: { $0 == "[" }).dropFirst(name.count).allSatisfy({ $0 == "]" }) else { return nil }
        guard name.first?.isLetter == true || name.first == "_", !name.contains(","), second.contains("="),
            second.prefix(while: { $0 != "=" }).allSatisfy({ !",;\t|\"".contains($0) })
        else { return nil }
        return Self(
            "an INI or TOML file", "Convert it to JSON first: yq -p toml -o json FILE | \(DataError.pipedImport)")
    }

    /// Tables as programs print them and people draw them.
    private static func drawn(_ lines: [String]) -> ForeignFormat? {
        if let corner = lines[0].first, "┌╔╭┏".contains(corner) {
            return Self("a table drawn with lines", "Export it as CSV; in DuckDB and SQLite, with .mode csv.")
        }
        for (line, next) in zip(lines, lines.dropFirst()) {
            let bars = line.count { $0 == "|" }
            if line.hasPrefix("+-"), line.allSatisfy({ $0 == "+" || $0 == "-" }), next.hasPrefix("|") {
                return Self(
                    "a table as mysql prints it", "Export it with mysql --batch, which separates columns with tabs.")
            }
            guard bars > 0, next.contains("---"), next.allSatisfy({ "-+|: ".contains($0) }) else { continue }
            if next.count(where: { $0 == "+" }) == bars, !next.contains("|") {
                return Self("a table as psql prints it", "Export it with psql --csv.")
            }
            if next.count(where: { $0 == "|" }) == bars { return Self("a Markdown table", toCSV) }
        }
        return nil
    }

    private static let asLines =
        "Turn its lines into CSV or JSON first. To import them as they are, add --format csv."

    private static func log(_ first: String, _ second: String, _ lines: [String]) -> ForeignFormat? {
        let webServer = #/^\S+ \S+ \S+ \[\d\d/\w{3}/\d{4}:/#
        let system = #/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [^:,;\t|]+: /#
        let program =
            #/^\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d,\d{3}\]? [^,;\t|]*(INFO|WARN|ERROR|DEBUG|TRACE|FATAL)/#
        let timed =
            #/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d([.,]\d+)?(Z| ?[+-]\d\d:?\d\d)? +\[?(INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL|NOTICE)\b/#
        func fits(_ line: String, _ pattern: some RegexComponent) -> Bool { line.firstMatch(of: pattern) != nil }
        if ["#Software: ", "#Version: ", "#Fields: ", "#Date: "].contains(where: first.hasPrefix),
            lines.prefix(8).contains(where: { $0.hasPrefix("#Fields: ") })
        {
            return Self(
                "a web server's log in the W3C format",
                "Make its fields the header: sed -n 's/^#Fields: //p;/^#/!p' FILE | \(DataError.pipedImport) --delimiter ' '"
            )
        }
        if first.contains(" ["), fits(first, webServer) { return Self("a web server's log", asLines) }
        guard first.contains(":"), first.contains(" ") else { return nil }
        if fits(first, system), second.isEmpty || fits(second, system) { return Self("a system log", asLines) }
        return fits(first, program) || fits(first, timed) ? Self("a program's log", asLines) : nil
    }

    /// What a server says in place of the file.
    private static func answer(_ lines: [String]) -> ForeignFormat? {
        if lines.count <= 8, isOfTool(lines[0], isAlone: lines.dropFirst().allSatisfy(\.isEmpty)) {
            return error(lines[0])
        }
        guard lines.count == 1 || lines.count == 2 && lines[1].isEmpty, lines[0].count <= 300,
            !lines[0].contains(where: { ",;\t|".contains($0) }),
            // Of JSON, `ServerError` decides.
            !lines[0].hasPrefix("{"), !lines[0].hasPrefix("[")
        else { return nil }
        let words = lines[0].lowercased().split { !$0.isLetter && !$0.isNumber }
        guard words.count > 1 else { return nil }
        let text = words.joined(separator: " ")
        let isStatus = (words[0].first == "4" || words[0].first == "5") && words[0].count == 3 && Int(words[0]) != nil
        let phrases = [
            "not found", "access denied", "permission denied", "bad gateway", "bad request", "service unavailable",
            "internal server error", "gateway timeout", "too many requests", "request timeout",
            "upstream connect error",
            "no healthy upstream", "rate limit exceeded", "unauthorized", "forbidden", "error",
        ]
        guard isStatus || phrases.contains(where: { text == $0 || text.hasPrefix($0 + " ") }) else { return nil }
        return error(lines[0])
    }

    private static func error(_ line: String) -> ForeignFormat {
        if ["null", "undefined"].contains(line.lowercased()) {
            return Self(
                "the word `\(line)` without any records", "Check that it is the right file, or fetch it again.",
                mayHoldTable: false)
        }
        return Self(
            "an error message instead of the data: `\(line.prefix(80))`",
            "Fetch the file again. If this is a header without records, add --format csv.", mayHoldTable: false)
    }

    /// Whether a file's first line is what a program says where it has no data to write.
    private static func isOfTool(_ line: String, isAlone: Bool) -> Bool {
        let beginnings = [
            "psql: ", "pg_dump: ", "mysql: ", "mysqldump: ", "mariadb: ", "mariadb-dump: ", "sqlcmd: ", "curl: (",
            "wget: ",
            "bash: ", "sh: ", "/bin/sh: ", "zsh: ", "Traceback (most recent call last):", "An error occurred (",
        ]
        if beginnings.contains(where: line.hasPrefix) && !line.contains("[Warning]")
            || line.contains(#/^((ORA|SP2|TNS|PLS)-\d{4,5}: |Msg \d+, Level )/#)
        {
            return true
        }
        let words = ["unauthorized", "forbidden", "no rows selected", "null", "undefined", "no data found"]
        return isAlone && words.contains(line.lowercased())
    }
}

extension HeadText {
    /// The first lines, without their ends.
    fileprivate var lines: [String] {
        var lines: [String] = []
        var rest = bytes.prefix(16 << 10)
        while !rest.isEmpty, lines.count < 100 {
            let line = rest.prefix { !LineByte.isEnd($0) }
            rest = rest[line.endIndex...]
            if rest.starts(with: [0x0D, 0x0A]) { rest = rest.dropFirst(2) } else { rest = rest.dropFirst() }
            lines.append(String(decoding: line, as: UTF8.self))
        }
        return lines
    }
}
