/* Counts the calls by which a server sends and receives: preloaded into it, it keeps the two numbers in a file.
 *
 * The file, which has room for them, is named by BENCH_COUNTS. A call counts when it has moved something.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { KNOWN = 65536 };
enum kind { UNKNOWN, SOCKET, OTHER };

static struct {
    _Atomic uint64_t writes, reads;
} unseen, *counts = &unseen;

static _Atomic uint8_t kinds[KNOWN];

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("BENCH_COUNTS");
    int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    void *there = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (there != MAP_FAILED)
        counts = there;
    if (file >= 0)
        close(file);
}

/* Tell whether *fd* is a socket; what it was once is forgotten when it is closed. */
static int is_socket(int fd) {
    if (fd < 0 || fd >= KNOWN)
        return 0;
    if (kinds[fd] == UNKNOWN) {
        struct stat status;
        kinds[fd] = !fstat(fd, &status) && S_ISSOCK(status.st_mode) ? SOCKET : OTHER;
    }
    return kinds[fd] == SOCKET;
}

#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) \
        next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define COUNTED(which, name, parameters, ...) \
    ssize_t name parameters; \
    ssize_t name parameters { \
        NEXT(name); \
        ssize_t moved = next(__VA_ARGS__); \
        if (moved > 0 && is_socket(fd)) \
            counts->which++; \
        return moved; \
    }

COUNTED(writes, send, (int fd, const void *data, size_t length, int flags), fd, data, length, flags)
COUNTED(writes, sendto,
        (int fd, const void *data, size_t length, int flags, __CONST_SOCKADDR_ARG to, socklen_t size),
        fd, data, length, flags, to, size)
COUNTED(writes, sendmsg, (int fd, const struct msghdr *message, int flags), fd, message, flags)
COUNTED(writes, write, (int fd, const void *data, size_t length), fd, data, length)
COUNTED(writes, writev, (int fd, const struct iovec *pieces, int count), fd, pieces, count)
COUNTED(reads, recv, (int fd, void *data, size_t length, int flags), fd, data, length, flags)
COUNTED(reads, recvfrom,
        (int fd, void *data, size_t length, int flags, __SOCKADDR_ARG from, socklen_t *size),
        fd, data, length, flags, from, size)
COUNTED(reads, recvmsg, (int fd, struct msghdr *message, int flags), fd, message, flags)
COUNTED(reads, read, (int fd, void *data, size_t length), fd, data, length)
COUNTED(reads, readv, (int fd, const struct iovec *pieces, int count), fd, pieces, count)

/* What some compilers make of a call whose buffer they know. */
COUNTED(reads, __recv_chk, (int fd, void *data, size_t length, size_t room, int flags), fd, data, length, room, flags)
COUNTED(reads, __read_chk, (int fd, void *data, size_t length, size_t room), fd, data, length, room)

int close(int fd) {
    NEXT(close);
    if (fd >= 0 && fd < KNOWN)
        kinds[fd] = UNKNOWN;
    return next(fd);
}
