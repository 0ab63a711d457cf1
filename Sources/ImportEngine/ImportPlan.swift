package import ImportLog
internal import Readers

/// What the user asked for: one source, its destination, and how.
package struct ImportPlan: Sendable {
    /// The source's path, as the user wrote it.
    package var source: String
    package var destination: DestinationAddress
    /// How sections go into their tables where no rule says otherwise.
    package var section = SectionPlan()
    /// How sections do whose names fit a pattern; the first that fits holds.
    var rules: [(pattern: String, plan: SectionPlan)] = []
    /// Where constants of all sections come from.
    var constantsFrom: ConstantsFrom?
    /// The sections to read, by name, pattern or number from 1; empty for all.
    var only: [String] = []
    var reading = ReadingOptions()
    /// What of that the command said itself.
    var readingFlags: [ReadingFlag] = []
    /// The other sources of the command.
    var others: [String] = []
    var access = AccessOptions()
    package var limits = LimitSettings()
    /// The SQL that is run once all parts of the batch are there.
    var finalize: [String] = []

    /// Whether someone said where records go, for all sections or for some.
    package var namesTables: Bool { section.table != nil || !rules.isEmpty }
    package var batch: ImportSubmitted.Batch?
    /// Only so many records of each section; nil for all.
    package var recordLimit: UInt64?
    /// The import whose rejected records these are, mended.
    var resubmits: ImportID?
    /// Whether to import what was imported before.
    package var force = false
    /// The sources that the same command imports after this one.
    package var next: [String] = []

    package init(source: String, destination: DestinationAddress) {
        self.source = source
        self.destination = destination
    }

    /// The name of a table that none was given for: the source's file name, as the user wrote it, without its ending;
    /// nil if the source has no name.
    var sourceName: String? {
        if source == "-" { return nil }
        if let location = try? HTTPLocation(source) {
            return location.path.split(separator: "/").last.map { String(NameEnding.stem(of: $0)) }
        }
        return String(NameEnding.stem(of: source.split(separator: "/").last ?? source[...]))
    }
}
