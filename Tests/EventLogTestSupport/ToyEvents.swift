package import EventLog
import Hashing

/// An event with a short payload.
package func toy(_ type: String = "Noted", _ number: UInt64 = 0) -> NewEvent {
    NewEvent(type: type, payload: bytes(of: number))
}

/// A generator whose numbers follow from its seed.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Appends to few streams, with random types, payloads and attachments.
package func randomAppends(count: Int, using generator: inout SeededGenerator) -> [Append] {
    (0..<count).map { _ in
        let events = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            NewEvent(
                type: ["Noted", "Changed", "Changed", "Forgotten"].randomElement(using: &generator)!,
                payload: (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                },
                attachments: Int.random(in: 0..<5, using: &generator) == 0 ? [[1, 2, 3], [4]] : [])
        }
        return Append(events, to: "s-\(Int.random(in: 0..<5, using: &generator))", expecting: .any)
    }
}

/// All entries of a view, as text.
package func contents(of view: borrowing View) throws -> [String] {
    var entries: [String] = []
    try view.scan(prefix: []) { key, value in
        entries.append("\(key.hexadecimal)=\(value.hexadecimal)")
        return true
    }
    return entries
}

/// All entries of the toy projections' views.
package func contents(of snapshot: borrowing Snapshot) throws -> [String] {
    try contents(of: snapshot.view("types")) + contents(of: snapshot.view("contents"))
}
