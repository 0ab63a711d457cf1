internal import Records
internal import Synchronization

/// A source that can only be read forwards, such as a pipe, of which the beginning can be read again: it keeps its
/// first bytes, so that a reader can look at the head and another one begin again.
///
/// Copies share the underlying source; read only one of them at a time.
package struct RewindableSource: ByteSource {
    /// How much of the beginning is kept at most, in bytes: enough to see that a record is too large.
    package static let keptBytes = 64 << 20

    package var size: UInt64? { nil }
    private let shared: Shared
    private var offset: UInt64 = 0

    package init(_ base: any ByteSource) { shared = Shared(base) }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try shared.read(at: offset, into: buffer)
        offset += UInt64(count)
        return count
    }

    /// Throws `DataError(.unreadable)` where bytes are wanted again that are no longer kept.
    package mutating func seek(to offset: UInt64) throws {
        try shared.requireReachable(offset)
        self.offset = offset
    }

    /// Nothing more is kept from here on: what was kept is read again, and then it is gone.
    package func stopKeeping() { shared.stopKeeping() }

    private final class Shared: Sendable {
        private struct State {
            var base: any ByteSource
            /// How many bytes were read of the base.
            var passed: UInt64 = 0
            /// The first bytes; nil if there were too many to keep.
            var kept: [UInt8]? = []
            var keeps = true
        }

        private let state: Mutex<State>

        init(_ base: any ByteSource) { state = Mutex(State(base: base)) }

        func stopKeeping() { state.withLock { $0.keeps = false } }

        func requireReachable(_ offset: UInt64) throws {
            try state.withLock { state in
                guard offset >= state.passed || state.kept != nil else { throw Self.gone(offset) }
            }
        }

        func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            try state.withLock { state in
                if offset < state.passed {
                    guard let kept = state.kept else { throw Self.gone(offset) }
                    let part = kept[Int(offset)...].prefix(buffer.count)
                    part.withUnsafeBytes { buffer.copyMemory(from: $0) }
                    return part.count
                }
                if !state.keeps { state.kept = nil }
                while state.passed < offset {
                    let wanted = Int(min(UInt64(buffer.count), offset - state.passed))
                    if try Self.readOn(&state, into: .init(rebasing: buffer[..<wanted])) == 0 { return 0 }
                }
                return try Self.readOn(&state, into: buffer)
            }
        }

        private static func readOn(_ state: inout State, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let count = try state.base.read(into: buffer)
            state.passed += UInt64(count)
            if state.passed > UInt64(keptBytes) {
                state.kept = nil
            } else if state.keeps {
                state.kept?.append(contentsOf: buffer[..<count])
            }
            return count
        }

        private static func gone(_ offset: UInt64) -> DataError {
            DataError(
                .unreadable, "byte \(offset) has passed and cannot be read again",
                remedy: "Save the data to a file and import that.")
        }
    }
}
