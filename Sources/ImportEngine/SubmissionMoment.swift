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
        let now = Timestamp.now
        guard let newest = try imports(limit: 1).first else { return now }
        let submitted = try submission(of: newest.importID)
        let last = max(newest.submittedAt.iso8601, submitted.sections.map(\.writing.moment).max() ?? "")
        return last < now.iso8601 ? now : max(now, Timestamp(iso8601: last) ?? now).advanced(by: 1_000)
    }
}
