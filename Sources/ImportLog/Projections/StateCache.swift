internal import EventLog
internal import SwiftProtobuf

/// The states a fold touches, each read from the view once and written once, however many events change it.
struct StateCache<State: Message & Equatable> {
    private var states: [[UInt8]: State] = [:]

    /// The state at `key`; an empty one where there is none yet.
    mutating func state(at key: [UInt8], in view: borrowing ViewWriter) throws -> State {
        if let state = states[key] { return state }
        let state = try view.value(at: key).map { try State(serializedBytes: $0) } ?? State()
        states[key] = state
        return state
    }

    mutating func update(_ key: [UInt8], in view: borrowing ViewWriter, _ change: (inout State) -> Void) throws {
        if states[key] == nil { _ = try state(at: key, in: view) }
        change(&states[key]!)
    }

    /// Leaves a state alone that was looked at and is not there.
    mutating func forget(_ key: [UInt8]) { states[key] = nil }

    func write(into view: borrowing ViewWriter) throws {
        for (key, state) in states { try view.put(state.serializedBytes(), at: key) }
    }
}
