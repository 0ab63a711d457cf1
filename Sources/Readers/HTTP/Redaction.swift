internal import Records

/// Takes secrets out of what a server says: servers like to repeat what they were sent.
struct Redaction {
    private let secrets: [String]

    /// Shorter words are too common to be secrets.
    private static let minimumBytes = 4

    init(_ location: HTTPLocation, headers: [HTTPHeader]) {
        let values = (location.query ?? "").split(separator: "&").map { $0.drop { $0 != "=" }.dropFirst() }
        let words =
            headers.flatMap { $0.value.split { $0 == " " || $0 == "," } }.map(String.init) + values.map(String.init)
            + [location.query, location.user, location.password].compactMap(\.self)
        secrets = (words + words.map(PercentEncoding.decoded)).filter { $0.utf8.count >= Self.minimumBytes }
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    func apply(to text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "…") }
    }
}
