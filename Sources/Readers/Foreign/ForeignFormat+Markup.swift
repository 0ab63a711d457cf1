/// HTML and XML.
extension ForeignFormat {
    /// The tags that HTML begins with, pages and parts of pages alike.
    private static let htmlTags: Set<Substring> = [
        "html", "head", "body", "table", "title", "meta", "script", "style", "link", "div", "span", "p", "br", "h1",
        "h2",
        "h3", "center", "form", "pre", "base", "noscript", "section", "main", "header",
    ]

    /// - Parameter isSaidToBeHTML: whether a server says so, which a beginning that is some tag then confirms.
    static func markedUp(_ text: HeadText, isSaidToBeHTML: Bool) -> ForeignFormat? {
        guard text.beginning.hasPrefix("<"), let second = text.beginning.dropFirst().first else { return nil }
        if text.starts(with: ["<?php"]) { return wrapped(text) ?? page(text) }
        if text.starts(with: ["<?xml", "<?mso"]) { return xml(text) }
        if text.starts(with: ["<!doctype html"]) { return page(text) }
        if text.starts(with: ["<!--", "<!doctype", "<?"]) { return text.contains("<html") ? page(text) : xml(text) }
        guard second.isLetter else { return nil }
        let tag = text.beginning.dropFirst().prefix { $0.isLetter || $0.isNumber || "-_:.".contains($0) }
        guard let close = text.beginning.firstIndex(of: ">") else {
            return htmlTags.contains(tag) ? page(text) : nil
        }
        let inside = text.beginning[text.beginning.index(text.beginning.startIndex, offsetBy: 1 + tag.count)..<close]
        guard
            inside.isEmpty || inside.first == " " || inside.first == "/" || inside.first == "\n" || inside.first == "\r"
        else { return nil }
        // A column may be called so: `<TICKER>,<DATE>`, or `<p>text</p>;x`.
        let firstLine = text.beginning.prefix { !$0.isNewline }
        let ends = [text.beginning[...close], "</\(tag)>"]
        if ends.contains(where: { end in ",;\t|".contains { firstLine.contains("\(end)\($0)") } }) { return nil }
        if isSaidToBeHTML || text.starts(with: ["<html", "<body", "<head>", "<table"]) { return page(text) }
        let isClosed = inside.hasSuffix("/") || text.contains("</\(tag)") || text.contains("</\(tag.uppercased())")
        if htmlTags.contains(tag) {
            return isClosed || tag == "br" || tag == "meta" ? wrapped(text) ?? page(text) : nil
        }
        let next = text.beginning[text.beginning.index(after: close)...].drop { $0.isWhitespace }
        // The root's end is at the end, which is further on in a long document.
        let isLong = text.bytes.count > 32 << 10
        return next.hasPrefix("<") && (isClosed || isLong) || isClosed && !firstLine.contains(",") ? xml(text) : nil
    }

    private static func page(_ text: HeadText) -> ForeignFormat {
        let lower = String(decoding: text.bytes, as: UTF8.self).lowercased()
        return lower.contains("<table")
            ? Self("an HTML page with a table", spreadsheet)
            : Self(
                "an HTML page",
                "It may be a login or error page instead of the data: open it in a browser, and fetch the data again.",
                mayHoldTable: false)
    }

    private static func xml(_ text: HeadText) -> ForeignFormat {
        if text.contains("urn:schemas-microsoft-com:office:spreadsheet") || text.contains("Excel.Sheet") {
            return Self("an XML spreadsheet (Excel 2003)", spreadsheet)
        }
        if text.contains("office:document") { return Self("a flat OpenDocument file", spreadsheet) }
        if text.contains("<html") { return page(text) }
        return Self("an XML document", "Convert its records to JSON or CSV first, for example with xq or yq.")
    }
}
