internal import Glibc

/// Keeps the map's growth apart from this process's transactions.
///
/// LMDB unmaps the file without looking for readers, so the map may only change while this process has no transaction.
/// A thread that has a transaction already may begin another while somebody waits to grow: it would wait for itself.
final class TransactionGate: @unchecked Sendable {
    // `mutex` guards all the other fields; they live at fixed addresses because pthread requires it.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var depths: [pthread_t: Int] = [:]
    private var writer: pthread_t?
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

    func enter() {
        let thread = pthread_self()
        pthread_mutex_lock(mutex)
        while isGrowing && depths[thread] == nil { pthread_cond_wait(changed, mutex) }
        depths[thread, default: 0] += 1
        pthread_mutex_unlock(mutex)
    }

    func leave() {
        let thread = pthread_self()
        pthread_mutex_lock(mutex)
        if depths[thread] == 1 { depths[thread] = nil } else { depths[thread]! -= 1 }
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    /// Traps where this thread has a write transaction: a second one inside it would wait for itself for ever.
    func refuseNestedWrite() {
        pthread_mutex_lock(mutex)
        let isNested = writer == pthread_self()
        pthread_mutex_unlock(mutex)
        precondition(!isNested, "A write transaction was begun inside another one on the same thread.")
    }

    func setWriter(_ isWriting: Bool) {
        pthread_mutex_lock(mutex)
        writer = isWriting ? pthread_self() : nil
        pthread_mutex_unlock(mutex)
    }

    /// Runs `body` while this process has no transaction.
    func whileIdle<R>(_ body: () throws -> R) rethrows -> R {
        pthread_mutex_lock(mutex)
        precondition(depths[pthread_self()] == nil, "The map cannot grow inside a transaction.")
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
