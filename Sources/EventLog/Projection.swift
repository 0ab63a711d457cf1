/// A fold of the log's events into a view.
///
/// A fold depends on nothing but the events: no clock, no random number, no other view. Then a view can be made again
/// from the events at any time and comes out the same to the byte.
package protocol Projection: Sendable {
    /// The view's name, which never changes.
    var name: String { get }

    /// Must be raised whenever the fold or the view's format changes: the view is then rebuilt.
    var version: UInt32 { get }

    /// Folds events, which come in log order and each once, into the view. How they are cut into calls must make no
    /// difference to the view.
    func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws
}
