/// A pattern of names: `*` stands for any text, `?` for one character, all else for itself in any case.
struct NamePattern: Sendable {
    private let pattern: [Character]

    init(_ text: String) { pattern = Array(text.lowercased()) }

    func fits(_ name: String) -> Bool {
        let name = Array(name.lowercased())
        var (position, at) = (0, 0)
        // Where the last star stands, and how much of the name it has taken.
        var star: (position: Int, taken: Int)?
        while at < name.count {
            if position < pattern.count, pattern[position] == "*" {
                star = (position, at)
                position += 1
            } else if position < pattern.count, pattern[position] == "?" || pattern[position] == name[at] {
                position += 1
                at += 1
            } else if let last = star {
                star = (last.position, last.taken + 1)
                position = last.position + 1
                at = last.taken + 1
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == "*" }
    }
}
