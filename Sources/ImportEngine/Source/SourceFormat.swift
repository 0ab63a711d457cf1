internal import Records

/// How a section's bytes are written.
package enum SourceFormat: String, Sendable, CaseIterable {
    case csv
}
