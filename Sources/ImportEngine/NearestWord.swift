internal import Records

/// The word that someone probably meant; also for the command line, which does not see `Records`.
package enum NearestWord {
    package static func of(_ word: String, in known: [String]) -> String? { NearestName.of(word, in: known) }
}
