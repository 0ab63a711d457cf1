/// The name that someone probably meant.
package enum NearestName {
    /// The known name with the fewest differences, in any case, or the one of a type that is called like this
    /// elsewhere; nil if none is near.
    package static func of(_ name: String, in known: [String]) -> String? {
        if let same = namesElsewhere[name.lowercased()], known.contains(same) { return same }
        let wanted = Array(name.lowercased())
        let distances = known.map { (name: $0, distance: distance(wanted, Array($0.lowercased()))) }
        guard let nearest = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return nearest.distance <= max(2, wanted.count / 3) && nearest.distance < wanted.count ? nearest.name : nil
    }

    /// Asks whether the nearest of the known names was meant; empty if none is near.
    package static func question(_ name: String, in known: [String]) -> String {
        of(name, in: known).map { "Did you mean '\($0)'? " } ?? ""
    }

    /// Types as other programs call them.
    private static let namesElsewhere = [
        "bool": "boolean", "int": "integer", "int4": "integer", "int8": "integer", "bigint": "integer",
        "smallint": "integer",
        "long": "integer", "float": "real", "float8": "real", "double": "real", "double precision": "real",
        "decimal": "numeric", "number": "numeric", "money": "numeric", "string": "text", "str": "text", "char": "text",
        "varchar": "text", "datetime": "timestamp", "timestampz": "timestamptz", "datetimeoffset": "timestamptz",
        "timestamp with time zone": "timestamptz", "guid": "uuid",
    ]

    /// How many characters must be put in, taken out or exchanged.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let exchanged = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(exchanged, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
