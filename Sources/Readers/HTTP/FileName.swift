/// The name of a file that a server sends.
enum FileName {
    /// What `Content-Disposition` says, or the last part of the path; nil where there is neither. Never a path.
    static func suggested(by head: HTTPHead, at location: HTTPLocation) -> String? {
        let given = head["content-disposition"].flatMap(named)
        return given.flatMap(lastPart) ?? lastPart(of: PercentEncoding.decoded(location.path))
    }

    /// The parameter `filename*`, which can be any text, or else `filename`.
    private static func named(in disposition: String) -> String? {
        let parameters = parameters(of: disposition)
        if let value = parameters.first(where: { $0.name == "filename*" })?.value {
            let parts = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3, parts[0].lowercased() == "utf-8" { return PercentEncoding.decoded(parts[2]) }
        }
        return parameters.first { $0.name == "filename" }?.value
    }

    /// The parameters after the first semicolon, with their quotes and escapes taken off.
    private static func parameters(of field: String) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        var rest = field.drop { $0 != ";" }.dropFirst()
        while !rest.isEmpty {
            let name = rest.prefix { $0 != "=" && $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
            rest = rest.drop { $0 != "=" && $0 != ";" }
            guard rest.first == "=" else {
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.popFirst(), character != "\"" {
                    guard let kept = character == "\\" ? rest.popFirst() : character else { break }
                    value.append(kept)
                }
                rest = rest.drop { $0 != ";" }
            } else {
                value = rest.prefix { $0 != ";" }.filter { !$0.isWhitespace }
                rest = rest.drop { $0 != ";" }
            }
            rest = rest.dropFirst()
            result.append((name, value))
        }
        return result
    }

    private static func lastPart(of path: String) -> String? {
        let part = path.split { $0 == "/" || $0 == "\\" }.last ?? ""
        let name = String(
            String.UnicodeScalarView(part.unicodeScalars.filter { $0.properties.generalCategory != .control }))
        return ["", ".", ".."].contains(name) ? nil : name
    }
}
