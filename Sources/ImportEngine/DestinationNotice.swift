internal import Destinations

/// What destinations have to say while they wait.
package enum DestinationNotice {
    package static func tell(_ listener: @escaping @Sendable (String) -> Void) { DestinationWait.tell(listener) }
}
