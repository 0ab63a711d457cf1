internal import Records

/// A word as a shell takes it; also for the command line, which does not see `Records`.
package enum ShellWord {
    package static func quoted(_ word: String) -> String { Records.ShellWord.quoted(word) }
}
