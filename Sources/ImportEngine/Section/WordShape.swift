/// How a text is written: runs of small letters, capitals and digits, and what is between them. `Ann` and `Bob` are alike, `ann`
/// and `A-101` are not.
struct WordShape: Equatable {
    private var classes = ""

    init(_ text: String) {
        for character in text {
            let kind: Character =
                character.isNumber ? "0" : character.isUppercase ? "A" : character.isLetter ? "a" : character
            if kind != classes.last { classes.append(kind) }
        }
    }
}
