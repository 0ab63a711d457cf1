internal import Destinations

/// Whether a table has the same rows in two destinations.
package struct TableComparison: Sendable {
    package let rows: Int
    package let isSame: Bool

    package init(of table: String, in address: DestinationAddress, and other: DestinationAddress) throws {
        let comparison = try SQLiteComparison(of: table, in: address.path ?? "", and: other.path ?? "")
        rows = comparison.rows.0
        isSame = comparison.isSame
    }
}
