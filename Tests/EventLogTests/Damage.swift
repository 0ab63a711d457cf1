import EventLogTestSupport
import Hashing
import LMDB

/// Changes a log behind its back.
struct Damage {
    let environment: Environment

    func envelope(_ position: UInt64) throws -> [UInt8] {
        try value("events", at: bytes(of: position)) ?? []
    }

    func put(_ envelope: [UInt8], _ position: UInt64) throws {
        try write("events", envelope, at: bytes(of: position))
    }

    func remove(_ position: UInt64) throws { try write("events", nil, at: bytes(of: position)) }

    func value(_ database: String, at key: [UInt8]) throws -> [UInt8]? {
        try environment.read { try $0.value(at: key, in: environment.database(database)) }
    }

    /// Writes a value, or deletes where it is nil.
    func write(_ database: String, _ value: [UInt8]?, at key: [UInt8]) throws {
        try environment.write { transaction in
            if let value {
                try transaction.put(value.span.bytes, at: key.span.bytes, in: environment.database(database))
            } else {
                try transaction.delete(key.span.bytes, in: environment.database(database))
            }
        }
    }

    /// Changes the event at `position` and gives it and all after it the hashes that follow.
    func rewrite(from position: UInt64, _ change: (inout [UInt8]) -> Void) throws {
        var previous = Array(try envelope(position - 1).suffix(32))
        var next = position
        while true {
            var envelope = try envelope(next)
            if envelope.isEmpty { return }
            if next == position { change(&envelope) }
            let content = Array(envelope.dropLast(32))
            previous = SHA256.digest(of: previous + content)
            try put(content + previous, next)
            next += 1
        }
    }
}
