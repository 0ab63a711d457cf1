internal import ImportLog
internal import Records

extension Destination {
    /// Has empty values of a prepared section numbered past all numbers that its records bring, which are read for that.
    ///
    /// What cannot be read to its end is numbered past what can.
    func giveNumbers(
        past section: ImportSubmitted.Section, of submitted: ImportSubmitted, _ source: OpenSource, _ stop: StopSwitch
    ) throws {
        guard !section.writing.defaultIfEmpty.isEmpty, !source.isStream, let numbering = self as? any NumbersRows else {
            return
        }
        var reading: SectionReading?
        let last = submitted.lastRecord(of: section)
        try numbering.giveNumbers { chunk in
            do {
                var now =
                    try reading ?? SectionReading(beginning: section, of: submitted, source, digests: false)
                guard stop.reason == nil, now.place.record <= last else { return false }
                let records = Int(min(10_000, last - now.place.record + 1))
                defer { reading = now }
                return try now.fill(&chunk, limit: ChunkLimit(records: records, bytes: 1 << 20))
            } catch is DataError {
                return false
            }
        }
    }
}
