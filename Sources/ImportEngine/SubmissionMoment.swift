internal import ImportLog
internal import Records

extension ImportSubmitted {
    /// The same, submitted at this time: the versions that it writes are valid from then on.
    ///
    /// A history knows an import's own versions by this time, so that no two imports may have the same one.
    func asOf(_ moment: Timestamp) -> ImportSubmitted {
        var result = self
        if mode == WriteMode.versioned.rawValue { result.writing.moment = moment.iso8601 }
        for index in furtherSections.indices where furtherSections[index].mode == WriteMode.versioned.rawValue {
            result.furtherSections[index].writing.moment = moment.iso8601
        }
        return result
    }
}

extension ImportLog {
    /// Now, or a millisecond after the newest import, whichever is later: clocks stand still and step back.
    func nextMoment() throws -> Timestamp {
        let now = CurrentTime.microseconds
        guard let newest = try imports(limit: 1).first else { return now }
        let submitted = try submission(of: newest.importID)
        let last = max(newest.submittedAt.iso8601, submitted.sections.map(\.writing.moment).max() ?? "")
        return last < now.iso8601 ? now : max(now, Timestamp(iso8601: last) ?? now) + 1_000
    }
}

extension Timestamp {
    /// The moment that `iso8601` writes so.
    fileprivate init?(iso8601 text: String) {
        let parts = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        guard parts.count == 7 else { return nil }
        // Days since 1970 by the civil calendar, with the year beginning in March.
        let (year, month) = (parts[1] <= 2 ? parts[0] - 1 : parts[0], (parts[1] + 9) % 12)
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + parts[2] - 1 - 719_468
        guard days >= 0 else { return nil }
        let seconds = ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]
        self = Timestamp(seconds) * 1_000_000 + Timestamp(parts[6]) * 1_000
    }
}
