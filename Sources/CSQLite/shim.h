// The hook that undo data is made from; Debian's and most other builds of the library have it.
#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include <sqlite3.h>

// Swift does not import functions with variable arguments.
static inline int waybill_sqlite_enable_triggers(sqlite3 *connection, int enabled) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, enabled, (int *)0);
}

/// Keeps no statistics of memory, which cost a lock for each allocation. Has no effect once the library is in use.
static inline int waybill_sqlite_without_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
