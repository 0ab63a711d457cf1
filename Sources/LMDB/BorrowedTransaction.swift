/// A transaction that someone else ends: for types that are handed out inside its closure.
///
/// It must not be kept: after the closure it refers to nothing.
package struct BorrowedTransaction: Transaction {
    package let pointer: OpaquePointer
}

/// A write transaction that someone else ends. It must not be kept.
package struct BorrowedWriteTransaction: WritingTransaction {
    package let pointer: OpaquePointer

    package var reading: BorrowedTransaction { BorrowedTransaction(pointer: pointer) }
}

extension Transaction where Self: ~Copyable {
    package var borrowed: BorrowedTransaction { BorrowedTransaction(pointer: pointer) }
}

extension WriteTransaction {
    package var borrowedForWriting: BorrowedWriteTransaction { BorrowedWriteTransaction(pointer: pointer) }
}
