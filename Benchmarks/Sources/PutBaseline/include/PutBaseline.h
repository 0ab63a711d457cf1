#include <stddef.h>

/// Puts `commits` times `events` values of `size` bytes into a new LMDB environment in `directory`, which must exist, in
/// one durable transaction each time, and nothing else: the floor below which no log on LMDB can be.
///
/// Returns the seconds that took, or a negative LMDB code.
double put_baseline(const char *directory, long commits, long events, size_t size);
