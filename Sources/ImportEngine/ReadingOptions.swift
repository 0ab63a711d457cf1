package import Readers

/// What the user said of how sources are written; what is nil is found out.
package struct ReadingOptions: Sendable {
    package var format: SourceFormat?
    package var csv = CSVOptions()

    package init() {}
}
