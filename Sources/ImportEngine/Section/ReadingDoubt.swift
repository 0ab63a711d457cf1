/// Why something is probably not read as it is meant.
struct ReadingDoubt: Equatable {
    /// What looks wrong, as a clause.
    var what: String
    /// What mends it, as a sentence.
    var remedy: String
}
