internal import Records

/// The parts of a composed column's template.
struct Template: Sendable {
    enum Part: Sendable, Hashable {
        case text(String)
        /// The name between braces.
        case column(String)
    }

    let parts: [Part]

    /// Throws `DataError(.unusableOption)` for a brace without its partner.
    init(_ template: String, column: String) throws {
        func refuse(_ what: String) -> DataError {
            DataError(
                .unusableOption, "compose \(column): the template \(Excerpt.of(template)) \(what).",
                remedy: "Put column names in braces: {a}_{b}. For a literal brace, write it twice.")
        }
        var parts: [Part] = []
        var text = ""
        var rest = template[...]
        while let character = rest.popFirst() {
            if (character == "{" || character == "}") && rest.first == character {
                text.append(character)
                rest.removeFirst()
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw refuse("has a brace that is never closed") }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.column(String(rest[..<end])))
                rest = rest[rest.index(after: end)...]
            } else if character == "}" {
                throw refuse("closes a brace that is not open")
            } else {
                text.append(character)
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        self.parts = parts
    }
}
