/// The `Link` header field of RFC 8288.
enum LinkField {
    /// The first target whose relation is `next`, in one field or several; nil if there is none.
    static func next(in fields: [String]) -> String? {
        for field in fields {
            var rest = field[...]
            while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
                let target = String(rest[rest.index(after: open)..<close])
                rest = rest[rest.index(after: close)...]
                let parameters = FieldParameters.take(from: &rest)
                let relation = parameters.first { $0.name == "rel" }?.value.lowercased() ?? ""
                if relation.split(separator: " ").contains("next") { return target }
            }
        }
        return nil
    }
}
