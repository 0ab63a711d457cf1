#include "PutBaseline.h"

#include <lmdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int put_all(MDB_env *env, MDB_dbi dbi, long commits, long events, unsigned char *bytes, size_t size) {
    uint64_t position = 0;
    for (long commit = 0; commit < commits; commit++) {
        MDB_txn *txn;
        int code = mdb_txn_begin(env, NULL, 0, &txn);
        if (code) return code;
        for (long event = 0; event < events; event++) {
            uint64_t name = __builtin_bswap64(++position);
            memcpy(bytes, &name, sizeof name);
            MDB_val key = {sizeof name, &name}, value = {size, bytes};
            code = mdb_put(txn, dbi, &key, &value, MDB_APPEND);
            if (code) {
                mdb_txn_abort(txn);
                return code;
            }
        }
        code = mdb_txn_commit(txn);
        if (code) return code;
    }
    return 0;
}

static int open_database(MDB_env *env, const char *directory, MDB_dbi *dbi) {
    int code;
    MDB_txn *txn;
    if ((code = mdb_env_set_maxdbs(env, 1)) || (code = mdb_env_set_mapsize(env, (size_t)64 << 30)) ||
        (code = mdb_env_open(env, directory, MDB_NOTLS, 0644)) || (code = mdb_txn_begin(env, NULL, 0, &txn)))
        return code;
    if ((code = mdb_dbi_open(txn, "events", MDB_CREATE, dbi))) {
        mdb_txn_abort(txn);
        return code;
    }
    return mdb_txn_commit(txn);
}

double put_baseline(const char *directory, long commits, long events, size_t size) {
    MDB_env *env;
    MDB_dbi dbi;
    int code = mdb_env_create(&env);
    if (code) return code > 0 ? -code : code;
    double seconds = 0;
    unsigned char *bytes = malloc(size);
    memset(bytes, 'x', size);
    code = open_database(env, directory, &dbi);
    if (!code) {
        double start = now();
        code = put_all(env, dbi, commits, events, bytes, size);
        seconds = now() - start;
    }
    free(bytes);
    mdb_env_close(env);
    if (code) return code > 0 ? -code : code;
    return seconds;
}
