internal import LMDB

/// What a projection left, to be read inside a closure.
package struct View: ~Copyable {
    let transaction: BorrowedTransaction
    let database: Database

    package func value(at key: [UInt8]) throws -> [UInt8]? {
        try transaction.value(at: key, in: database)
    }

    /// Gives the entries whose key begins with `prefix`, in key order, until `body` returns false.
    ///
    /// - Parameter start: where to begin; nil for the first key with the prefix. Backwards, the entry at `start` itself
    ///   is left out.
    package func scan(
        prefix: [UInt8], from start: [UInt8]? = nil, backwards: Bool = false,
        _ body: (_ key: [UInt8], _ value: [UInt8]) throws -> Bool
    ) throws {
        try transaction.withCursor(database) { cursor in
            var found: Bool
            if !backwards {
                let target = start ?? prefix
                // An empty key is not a key.
                found = try target.isEmpty ? cursor.first() : cursor.seek(toFirstFrom: target.span.bytes)
            } else if let target = start ?? prefix.successor {
                found = try cursor.seek(toLastBefore: target.span.bytes)
            } else {
                found = try cursor.last()
            }
            while found {
                let goOn = try cursor.withEntry { key, value in
                    let key = [UInt8](key)
                    return try key.starts(with: prefix) && body(key, [UInt8](value))
                }
                if !goOn { return }
                found = try backwards ? cursor.previous() : cursor.next()
            }
        }
    }

    package func count() throws -> Int { try transaction.count(of: database) }
}

/// A view while its projection folds events into it.
package struct ViewWriter: ~Copyable {
    let transaction: BorrowedWriteTransaction
    let database: Database

    package var reading: View { View(transaction: transaction.reading, database: database) }

    package func value(at key: [UInt8]) throws -> [UInt8]? {
        try transaction.value(at: key, in: database)
    }

    package func put(_ value: [UInt8], at key: [UInt8]) throws {
        try transaction.put(value.span.bytes, at: key.span.bytes, in: database)
    }

    package func delete(_ key: [UInt8]) throws {
        try transaction.delete(key.span.bytes, in: database)
    }
}

extension [UInt8] {
    /// The first key after all keys that begin with these bytes; nil if there is none.
    fileprivate var successor: [UInt8]? {
        var key = self
        while let last = key.popLast() {
            if last < 255 { return key + [last + 1] }
        }
        return nil
    }
}
