internal import Records

/// The name of a file that a server sends.
enum FileName {
    /// What `Content-Disposition` says, or the last part of the path; nil if there is neither. Never a path.
    static func suggested(by head: HTTPHead, at location: HTTPLocation) -> String? {
        let given = head["content-disposition"].flatMap(named)
        return given.flatMap(lastPart) ?? lastPart(of: PercentEncoding.decoded(location.path))
    }

    /// The parameter `filename*`, which can be any text, or else `filename`.
    private static func named(in disposition: String) -> String? {
        var field = disposition.drop { $0 != ";" }
        let parameters = FieldParameters.take(from: &field)
        if let value = parameters.first(where: { $0.name == "filename*" })?.value {
            let parts = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3, parts[0].lowercased() == "utf-8" { return PercentEncoding.decoded(parts[2]) }
        }
        return parameters.first { $0.name == "filename" }?.value
    }

    private static func lastPart(of path: String) -> String? {
        let part = path.split { $0 == "/" || $0 == "\\" }.last ?? ""
        let printable = part.unicodeScalars.filter { $0.properties.generalCategory != .control }
        let name = String(String.UnicodeScalarView(printable))
        return ["", ".", ".."].contains(name) ? nil : name
    }
}
