package import EventLog

/// How many events of each type there are.
package struct TypeCounts: Projection {
    package let name = "types"
    package let version: UInt32

    package init(version: UInt32 = 1) { self.version = version }

    package func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        for event in events {
            let key = [UInt8](event.type.utf8)
            // Another version counts in other steps, so that its view differs.
            try view.put(bytes(of: number(in: try view.value(at: key)) + UInt64(version)), at: key)
        }
    }
}

/// What each stream was told last, as bytes, and a mark that depends on the order of all events. An event of type
/// "Forgotten" deletes what its stream left.
package struct StreamContents: Projection {
    package let name = "contents"
    package let version: UInt32 = 1

    package init() {}

    package func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        var order = number(in: try view.value(at: [0]))
        for event in events {
            order = (order ^ event.position ^ UInt64(event.payload.first ?? 0)) &* 0x100_0000_01b3
            let prefix = [1] + [UInt8](event.stream.utf8) + [0]
            if event.type == "Forgotten" {
                var old: [[UInt8]] = []
                try view.reading.scan(prefix: prefix) { key, _ in
                    old.append(key)
                    return true
                }
                for key in old { try view.delete(key) }
            } else {
                try view.put(event.payload, at: prefix + bytes(of: event.version % 7))
            }
        }
        try view.put(bytes(of: order), at: [0])
    }
}

/// Throws for an event of type "Poison", after it wrote something.
package struct Fragile: Projection {
    package struct Poisoned: Error, Equatable {
        package init() {}
    }

    package let name = "fragile"
    package let version: UInt32 = 1

    package init() {}

    package func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        for event in events {
            try view.put(bytes(of: event.position), at: [UInt8](event.type.utf8))
            if event.type == "Poison" { throw Poisoned() }
        }
    }
}

/// `TypeCounts` of a version that calls `body` before each fold.
package struct Interrupted: Projection {
    package let name = "types"
    package let version: UInt32
    private let body: @Sendable ([RecordedEvent]) throws -> Void

    package init(version: UInt32, _ body: @escaping @Sendable ([RecordedEvent]) throws -> Void) {
        self.version = version
        self.body = body
    }

    package func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        try body(events)
        try TypeCounts(version: version).fold(events, into: view)
    }
}

package let toyProjections: [any Projection] = [TypeCounts(), StreamContents()]

package func bytes(of number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) } }

package func number(in bytes: [UInt8]?) -> UInt64 { (bytes ?? []).reduce(0) { $0 << 8 | UInt64($1) } }
