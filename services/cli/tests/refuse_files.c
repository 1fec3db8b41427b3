/* Preloaded into a program: creating a file below a directory named wallets fails with the error number in
 * REFUSE_FILES, as a full quota, a failing disk or a lost network mount make it fail. Locks and RocksDB's own log are
 * left alone, since they are no data. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef int (*opener)(const char *, int, ...);

static int refused(const char *path, int flags) {
    const char *number = getenv("REFUSE_FILES");
    if (number == NULL || path == NULL || (flags & O_CREAT) == 0) return 0;
    if (strstr(path, "/wallets/db/") == NULL) return 0;
    if (strstr(path, "LOCK") != NULL || strstr(path, "/LOG") != NULL) return 0;
    errno = atoi(number);
    return 1;
}

static int pass_on(const char *name, const char *path, int flags, unsigned mode) {
    if (refused(path, flags)) return -1;
    return ((opener)dlsym(RTLD_NEXT, name))(path, flags, mode);
}

#define OPENER(name)                                     \
    int name(const char *path, int flags, ...) {         \
        va_list rest;                                    \
        va_start(rest, flags);                           \
        unsigned mode = va_arg(rest, unsigned);          \
        va_end(rest);                                    \
        return pass_on(#name, path, flags, mode);        \
    }

OPENER(open)
OPENER(open64)
