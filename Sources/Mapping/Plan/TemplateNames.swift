internal import Records

/// The names that a template may use, and the slots that they stand for.
struct TemplateNames {
    /// The table's columns so far.
    var slots: [String: Int] = [:]
    /// Dropped columns, by their names in the source; they count where no column of the table has the name.
    var dropped: [String: Int] = [:]
    /// New names by the old ones, for messages.
    var renamed: [String: String] = [:]

    /// Throws `DataError(.unusableOption)` for an unknown name.
    func resolve(_ part: Template.Part, in composed: String) throws -> MappingPlan.Composition.Part {
        switch part {
        case .text(let text): return .text(Array(text.utf8))
        case .column(let name):
            if let slot = slots[name] ?? dropped[name] { return .slot(slot) }
            let known = slots.keys.sorted()
            let guess = renamed[name] ?? NearestName.of(name, in: known)
            throw DataError(
                .unusableOption,
                "compose \(composed): there is no column `\(name)`\(guess.map { "; did you mean `\($0)`?" } ?? ".")",
                remedy: "A template can use: \(known.joined(separator: ", ")).")
        }
    }
}
