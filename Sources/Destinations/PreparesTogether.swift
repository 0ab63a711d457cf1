/// A destination that makes several tables ready faster in one transaction.
package protocol PreparesTogether {
    /// Runs a body that makes tables ready; if it throws, none of them is made.
    func together<T>(_ body: () throws -> T) throws -> T
}
