internal import Glibc

/// Keeps the map's growth apart from this process's transactions.
///
/// LMDB unmaps the file without looking for readers, so the map may only change while this process has no transaction.
/// A thread that has a transaction already may begin another while someone waits to grow: it would wait for itself.
final class TransactionGate: @unchecked Sendable {
    // `mutex` guards all the other fields; they live at fixed addresses because pthread requires it.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var depths: [pthread_t: Int] = [:]
    private var isGrowing = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Traps where a write is begun on a thread that has a transaction: inside a write it would wait for itself for
    /// ever, inside a read as soon as the map must grow.
    func enter(forWriting: Bool = false) {
        let thread = pthread_self()
        pthread_mutex_lock(mutex)
        if forWriting && depths[thread] != nil {
            fatalError("A write transaction was begun inside another transaction on the same thread.")
        }
        while isGrowing && depths[thread] == nil { pthread_cond_wait(changed, mutex) }
        depths[thread, default: 0] += 1
        pthread_mutex_unlock(mutex)
    }

    func leave() {
        let thread = pthread_self()
        pthread_mutex_lock(mutex)
        if depths[thread] == 1 { depths[thread] = nil } else { depths[thread]! -= 1 }
        if isGrowing { pthread_cond_broadcast(changed) }
        pthread_mutex_unlock(mutex)
    }

    /// Whether this thread has a transaction.
    var isInside: Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return depths[pthread_self()] != nil
    }

    /// Runs `body` while this process has no transaction.
    func whileIdle<R, Failure>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        pthread_mutex_lock(mutex)
        if depths[pthread_self()] != nil { fatalError("The map cannot grow inside a transaction.") }
        while isGrowing { pthread_cond_wait(changed, mutex) }
        isGrowing = true
        while !depths.isEmpty { pthread_cond_wait(changed, mutex) }
        defer {
            isGrowing = false
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
        return try body()
    }
}
