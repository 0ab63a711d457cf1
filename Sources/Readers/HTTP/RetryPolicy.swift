/// How often and after which waits a request that failed is made again.
package struct RetryPolicy: Sendable {
    /// How many tries in a row may fail before the failure is reported, at least 1.
    package var tries = 5
    /// The wait after the first failure; each further one is twice as long.
    package var firstWait = Duration.milliseconds(500)
    package var longestWait = Duration.seconds(30)
    /// The longest wait that a server may ask for.
    package var longestRetryAfter = Duration.seconds(300)

    package init() {}

    /// How long to wait before the next try; nil to give up. `jitter`, from 0 to 1, spreads the tries of
    /// many readers.
    package func wait(afterFailures failures: Int, retryAfter: Duration?, jitter: Double) -> Duration? {
        guard failures < tries, retryAfter ?? .zero <= longestRetryAfter else { return nil }
        let full = min(longestWait, firstWait * (1 << min(failures - 1, 20)))
        return max(full * (0.5 + jitter / 2), retryAfter ?? .zero)
    }
}
