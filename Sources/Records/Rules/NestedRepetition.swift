/// The usual form of a pattern whose matching time doubles with each character: `(a+)*`.
enum NestedRepetition {
    /// Whether a group that repeats without bound holds something that does so, too, and can give it back.
    static func isIn(_ pattern: String) -> Bool {
        var rest = Array(pattern)[...]
        /// For each open group whether something in it repeats without bound, and whether it is atomic.
        var groups: [(repeats: Bool, isAtomic: Bool)] = [(false, false)]
        while let character = rest.popFirst() {
            var groupRepeats = false
            switch character {
            case "\\": _ = rest.popFirst()
            case "[": skipClass(&rest)
            case "(":
                groups.append((false, rest.starts(with: "?>")))
                // What follows belongs to the group's kind: it repeats nothing.
                if rest.first == "?" { rest.removeFirst() }
                continue
            case ")" where groups.count > 1:
                let group = groups.removeLast()
                groupRepeats = group.repeats && !group.isAtomic
            default: break
            }
            let repetition = takeRepetition(&rest)
            if groupRepeats && repetition.isUnbounded && !repetition.isPossessive { return true }
            if groupRepeats || (repetition.isUnbounded && !repetition.isPossessive) {
                groups[groups.count - 1].repeats = true
            }
        }
        return false
    }

    private static func takeRepetition(_ rest: inout ArraySlice<Character>) -> (isUnbounded: Bool, isPossessive: Bool) {
        let isUnbounded: Bool
        switch rest.first {
        case "*", "+":
            isUnbounded = true
            rest.removeFirst()
        case "?":
            isUnbounded = false
            rest.removeFirst()
        case "{":
            let bounds = rest.dropFirst().prefix { $0 != "}" }
            guard bounds.endIndex < rest.endIndex, bounds.allSatisfy({ $0.isNumber || $0 == "," }) else {
                return (false, false)
            }
            isUnbounded = bounds.last == ","
            rest = rest[(bounds.endIndex + 1)...]
        default: return (false, false)
        }
        let isPossessive = rest.first == "+"
        if isPossessive || rest.first == "?" { rest.removeFirst() }
        return (isUnbounded, isPossessive)
    }

    private static func skipClass(_ rest: inout ArraySlice<Character>) {
        var depth = 1
        while depth > 0, let character = rest.popFirst() {
            switch character {
            case "\\": _ = rest.popFirst()
            case "[": depth += 1
            case "]": depth -= 1
            default: break
            }
        }
    }
}
