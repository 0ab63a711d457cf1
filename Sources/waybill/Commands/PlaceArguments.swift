internal import ArgumentParser
internal import ImportEngine

/// For a database that is no longer where the log says.
struct PlaceArguments: ParsableArguments {
    @Option(
        name: .customLong("into"),
        help: ArgumentHelp("The new location of the import's database, if it was moved.", valueName: "dest"))
    var destination: String?

    /// An engine that looks for the database there.
    func engine(_ global: GlobalOptions) throws -> ImportEngine {
        var engine = try global.openEngine()
        engine.place = try destination.map { try DestinationAddress($0) }
        return engine
    }
}
