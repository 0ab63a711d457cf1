internal import ArgumentParser
internal import FoundationEssentials
internal import ImportEngine

/// Limits that hold for one run; the environment and `waybill.yaml` set the same.
struct LimitArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write at most this many records in one transaction (default: about a quarter of a second's worth).",
            valueName: "records"))
    var chunkSize: String?

    @Option(
        help: ArgumentHelp(
            "abort: stop after the chunk with the first rejected record; continue: keep the reject and carry on (default: continue, or what the import started with).",
            valueName: "on-error"))
    var onError: String?

    @Option(
        help: ArgumentHelp(
            "Stop when more records than this are rejected: a number, or a percentage such as 5%.", valueName: "n"))
    var maxRejects: String?

    @Option(
        help: ArgumentHelp(
            "Stop after this long, such as 90s, 60m or 2h; the import can be resumed.", valueName: "duration"))
    var timeout: String?

    /// What the environment sets.
    static var environment: LimitSettings { LimitSettings(environment: ProcessInfo.processInfo.environment) }

    var settings: LimitSettings {
        var settings = LimitSettings()
        settings.setByFlag(.chunkSize, chunkSize)
        settings.setByFlag(.onError, onError)
        settings.setByFlag(.maxRejects, maxRejects)
        settings.setByFlag(.timeout, timeout)
        return settings
    }
}

/// Limits of a source that is begun with.
struct SourceLimitArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The most records a source may have.", valueName: "records"))
    var maxRecords: String?

    @Option(
        help: ArgumentHelp(
            "reject: refuse a source with more records than --max-records; split: import it as parts of a batch, each an import of its own (default: reject).",
            valueName: "action"))
    var onMaxRecords: String?

    @Option(help: ArgumentHelp("Warn when a source has this many records or more.", valueName: "records"))
    var warnRecords: String?

    @Option(help: ArgumentHelp("Require --force for more records than this.", valueName: "records"))
    var forceRecords: String?

    @Option(help: ArgumentHelp("The largest source allowed, such as 500MB or 2GiB.", valueName: "bytes"))
    var maxFileSize: String?

    @Option(
        help: ArgumentHelp(
            "The largest record allowed (in CSV: the longest field), such as 64KiB; larger ones are rejected (default: 16MiB).",
            valueName: "bytes"))
    var maxRecordSize: String?

    func add(to settings: inout LimitSettings) {
        settings.setByFlag(.maxRecords, maxRecords)
        settings.setByFlag(.onMaxRecords, onMaxRecords)
        settings.setByFlag(.warnRecords, warnRecords)
        settings.setByFlag(.forceRecords, forceRecords)
        settings.setByFlag(.maxFileSize, maxFileSize)
        settings.setByFlag(.maxRecordSize, maxRecordSize)
    }
}
