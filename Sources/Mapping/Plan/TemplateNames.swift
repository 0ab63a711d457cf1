internal import Records

/// The names that a template may use, and the slots that they stand for.
struct TemplateNames {
    private var slots: [String: Int] = [:]
    /// New names by the old ones, for messages.
    var renamed: [String: String] = [:]

    subscript(name: String) -> Int? { slots[name] }

    mutating func add(_ name: String, slot: Int) { slots[name] = slots[name] ?? slot }

    /// Throws `DataError(.unusableOption)` for an unknown name.
    func resolve(_ part: Template.Part, in composed: String) throws -> MappingPlan.Composition.Part {
        switch part {
        case .text(let text): return .text(Array(text.utf8))
        case .column(let name):
            if let slot = slots[name] { return .slot(slot) }
            let guess = renamed[name] ?? NearestName.of(name, in: slots.keys.sorted())
            throw DataError(
                .unusableOption,
                "compose \(composed): there is no column `\(name)`\(guess.map { "; did you mean `\($0)`?" } ?? ".")",
                remedy: "A template knows these: \(slots.keys.sorted().joined(separator: ", ")).")
        }
    }
}
