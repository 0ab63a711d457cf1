internal import Glibc
internal import ImportLog

/// A colour for a word on a terminal.
enum Style: String {
    case good = "32"
    case doubtful = "33"
    case bad = "31"

    func applied(to text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}

extension ImportState {
    var style: Style {
        switch self {
        case .succeeded: .good
        case .failed, .cancelled: .bad
        case .partiallySucceeded, .interrupted, .paused, .queued, .running, .rolledBack: .doubtful
        }
    }
}

extension Console {
    /// Whether colours are wanted; see no-color.org.
    var hasColors: Bool {
        let isUnwanted = getenv("NO_COLOR").map { !String(cString: $0).isEmpty } ?? false
        return takesEscapes && !isUnwanted
    }

    /// Writes one line with the first place of a word coloured, where there are colours.
    func write(_ line: String, _ word: String, as style: Style) {
        put(styled(TerminalText.line(line), word, style) + "\n")
    }

    /// The same, of a text that may have several lines.
    func writeText(_ text: String, _ word: String, as style: Style) {
        put(styled(TerminalText.lines(text), word, style) + "\n")
    }

    private func styled(_ text: String, _ word: String, _ style: Style) -> String {
        guard hasColors, let place = text.firstRange(of: word) else { return text }
        return text.replacingCharacters(in: place, with: style)
    }
}

extension String {
    fileprivate func replacingCharacters(in place: Range<Index>, with style: Style) -> String {
        self[..<place.lowerBound] + style.applied(to: String(self[place])) + self[place.upperBound...]
    }
}
