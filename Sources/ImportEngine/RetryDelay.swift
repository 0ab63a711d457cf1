internal import Glibc

/// How long to wait before another try.
enum RetryDelay {
    /// Doubles from 0.2 s to 10 s, less a random part of up to a half, so that waiting processes do not retry together.
    static func seconds(beforeAttempt attempt: Int) -> Double {
        let longest = min(10, 0.2 * Double(1 << min(10, max(0, attempt - 2))))
        return longest * Double.random(in: 0.5...1)
    }

    static func wait(beforeAttempt attempt: Int) {
        usleep(UInt32(seconds(beforeAttempt: attempt) * 1_000_000))
    }
}
