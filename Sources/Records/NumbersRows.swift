/// A destination that numbers rows from sequences, which give a number once, whatever becomes of the transaction that took it.
package protocol NumbersRows: Destination {
    /// Has the sequences that number the empty values of the prepared plan give numbers past all that are in the table, and past
    /// all that some records bring. So it does not matter how the records are cut into chunks, and which chunk is written again.
    ///
    /// - Parameter fill: gives the records, chunk by chunk; false at their end. It is not called where no sequence does.
    func giveNumbers(past fill: (inout Chunk) throws -> Bool) throws
}
