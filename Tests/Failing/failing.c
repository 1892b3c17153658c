// A library to be preloaded (ld.so(8)): lets functions of the C library fail under programs that are called weir, as if the kernel had said
// so.
//
// The file FAILING (a path that is given when this is compiled) says which: lines of the form "FUNCTION ERRNO FIRST", where FIRST is the
// number of the call, counted from 1 in each process, from which on the function fails; "FUNCTION ERRNO FIRST once" lets only that call
// fail. The file is looked at in each call, so that a process that runs already begins to fail when it appears.
//
// With a file FAILING.trace each failure adds a line to it, so that a test knows that something has failed.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#ifndef FAILING
#error "FAILING is the path of the file that says what fails"
#endif

// Only system calls from here on: whatever this used of the C library might be what is to fail.
static long read_file(const char *path, char *buffer, long size) {
    long descriptor = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    long length = syscall(SYS_read, descriptor, buffer, size);
    syscall(SYS_close, descriptor);
    return length;
}

static void trace(const char *name) {
    long descriptor = syscall(SYS_openat, AT_FDCWD, FAILING ".trace", O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor < 0)
        return;
    char line[64];
    size_t length = strlen(name);
    memcpy(line, name, length);
    line[length] = '\n';
    syscall(SYS_write, descriptor, line, length + 1);
    syscall(SYS_close, descriptor);
}

// Whether this call of a function fails, and with what.
static int error_of(const char *name, unsigned *calls) {
    int saved = errno;
    if (strncmp(program_invocation_short_name, "weir", 4) != 0)
        return 0;
    unsigned call = __atomic_add_fetch(calls, 1, __ATOMIC_RELAXED);
    char text[512];
    long length = read_file(FAILING, text, sizeof text - 1);
    int error = 0;
    if (length > 0) {
        text[length] = 0;
        size_t size = strlen(name);
        for (char *line = text; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
            if (strncmp(line, name, size) != 0 || line[size] != ' ')
                continue;
            char *rest;
            int code = (int)strtol(line + size, &rest, 10);
            unsigned first = (unsigned)strtoul(rest, &rest, 10);
            int once = strncmp(rest, " once", 5) == 0;
            if (once ? call == first : call >= first)
                error = code;
        }
    }
    if (error)
        trace(name);
    errno = saved;
    return error;
}

#define FAILS(result, name)                                                                                                                \
    static unsigned calls;                                                                                                                 \
    int error = error_of(name, &calls);                                                                                                    \
    if (error) {                                                                                                                           \
        errno = error;                                                                                                                     \
        return result;                                                                                                                     \
    }
#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

#define WRAP(type, result, name, parameters, arguments)                                                                                    \
    type name parameters {                                                                                                                 \
        FAILS(result, #name)                                                                                                               \
        return REAL(name) arguments;                                                                                                       \
    }
// A function that the C library has under a second name for large files.
#define WRAP64(type, result, name, parameters, arguments)                                                                                  \
    type name##64 parameters {                                                                                                             \
        FAILS(result, #name)                                                                                                               \
        return REAL(name##64) arguments;                                                                                                   \
    }

WRAP(ssize_t, -1, write, (int fd, const void *b, size_t n), (fd, b, n))
WRAP(ssize_t, -1, pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o))
WRAP64(ssize_t, -1, pwrite, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o))
WRAP(ssize_t, -1, read, (int fd, void *b, size_t n), (fd, b, n))
WRAP(ssize_t, -1, pread, (int fd, void *b, size_t n, off_t o), (fd, b, n, o))
WRAP64(ssize_t, -1, pread, (int fd, void *b, size_t n, off64_t o), (fd, b, n, o))
WRAP(off_t, -1, lseek, (int fd, off_t o, int w), (fd, o, w))
WRAP(int, -1, fsync, (int fd), (fd))
WRAP(int, -1, ftruncate, (int fd, off_t n), (fd, n))
WRAP(int, -1, flock, (int fd, int operation), (fd, operation))
WRAP(int, -1, rename, (const char *a, const char *b), (a, b))
WRAP(int, -1, renameat, (int fa, const char *a, int fb, const char *b), (fa, a, fb, b))
WRAP(int, -1, link, (const char *a, const char *b), (a, b))
WRAP(int, -1, linkat, (int fa, const char *a, int fb, const char *b, int f), (fa, a, fb, b, f))
WRAP(int, -1, unlink, (const char *a), (a))
WRAP(int, -1, unlinkat, (int fd, const char *a, int f), (fd, a, f))
WRAP(int, -1, mkdir, (const char *a, mode_t m), (a, m))
WRAP(int, -1, mkdirat, (int fd, const char *a, mode_t m), (fd, a, m))
WRAP(int, -1, rmdir, (const char *a), (a))
WRAP(int, -1, chdir, (const char *a), (a))
WRAP(DIR *, NULL, opendir, (const char *a), (a))
WRAP(DIR *, NULL, fdopendir, (int fd), (fd))
WRAP(struct dirent *, NULL, readdir, (DIR * d), (d))
WRAP(int, -1, fstat, (int fd, struct stat *s), (fd, s))
WRAP(int, -1, lstat, (const char *a, struct stat *s), (a, s))
WRAP(int, -1, stat, (const char *a, struct stat *s), (a, s))
WRAP(int, -1, fstatat, (int fd, const char *a, struct stat *s, int f), (fd, a, s, f))
WRAP(void *, MAP_FAILED, mmap, (void *a, size_t n, int p, int f, int fd, off_t o), (a, n, p, f, fd, o))
WRAP(int, -1, socket, (int d, int t, int p), (d, t, p))
WRAP(int, -1, bind, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))
WRAP(int, -1, setsockopt, (int fd, int l, int o, const void *v, socklen_t n), (fd, l, o, v, n))
WRAP(int, -1, getsockopt, (int fd, int l, int o, void *v, socklen_t *n), (fd, l, o, v, n))
WRAP(int, -1, getsockname, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n))
WRAP(ssize_t, -1, send, (int fd, const void *b, size_t n, int f), (fd, b, n, f))
WRAP(ssize_t, -1, sendto, (int fd, const void *b, size_t n, int f, const struct sockaddr *a, socklen_t m), (fd, b, n, f, a, m))
WRAP(ssize_t, -1, sendmsg, (int fd, const struct msghdr *m, int f), (fd, m, f))
WRAP(ssize_t, -1, recv, (int fd, void *b, size_t n, int f), (fd, b, n, f))
WRAP(ssize_t, -1, recvfrom, (int fd, void *b, size_t n, int f, struct sockaddr *a, socklen_t *m), (fd, b, n, f, a, m))
WRAP(ssize_t, -1, recvmsg, (int fd, struct msghdr *m, int f), (fd, m, f))
WRAP(int, -1, poll, (struct pollfd * p, nfds_t n, int t), (p, n, t))
WRAP(int, -1, pipe, (int *fds), (fds))
WRAP(int, -1, usleep, (useconds_t n), (n))
WRAP(int, -1, timerfd_create, (int c, int f), (c, f))
WRAP(int, -1, timerfd_settime, (int fd, int f, const struct itimerspec *a, struct itimerspec *b), (fd, f, a, b))
WRAP(int, -1, inotify_init1, (int f), (f))
WRAP(int, -1, inotify_add_watch, (int fd, const char *a, uint32_t m), (fd, a, m))

int close(int fd) {
    // A descriptor that is not closed would be another fault than the one that is meant.
    static unsigned calls;
    int error = error_of("close", &calls);
    int status = REAL(close)(fd);
    if (!error)
        return status;
    errno = error;
    return -1;
}

#define WRAP_OPEN(name, group, parameters, arguments)                                                                                      \
    int name parameters {                                                                                                                  \
        mode_t mode = 0;                                                                                                                   \
        if (flags & (O_CREAT | __O_TMPFILE)) {                                                                                             \
            va_list rest;                                                                                                                  \
            va_start(rest, flags);                                                                                                         \
            mode = va_arg(rest, mode_t);                                                                                                   \
            va_end(rest);                                                                                                                  \
        }                                                                                                                                  \
        FAILS(-1, group)                                                                                                                   \
        return REAL(name) arguments;                                                                                                       \
    }
WRAP_OPEN(open, "open", (const char *path, int flags, ...), (path, flags, mode))
WRAP_OPEN(open64, "open", (const char *path, int flags, ...), (path, flags, mode))
WRAP_OPEN(openat, "openat", (int fd, const char *path, int flags, ...), (fd, path, flags, mode))
WRAP_OPEN(openat64, "openat", (int fd, const char *path, int flags, ...), (fd, path, flags, mode))

// These return what the C library's own return when memory is short. They are looked up once, as looking up takes memory.
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
void *malloc(size_t n) {
    FAILS(NULL, "malloc")
    return __libc_malloc(n);
}
void *calloc(size_t n, size_t m) {
    FAILS(NULL, "calloc")
    return __libc_calloc(n, m);
}
void *realloc(void *p, size_t n) {
    FAILS(NULL, "realloc")
    return __libc_realloc(p, n);
}

int posix_spawn(
    pid_t *pid, const char *path, const posix_spawn_file_actions_t *a, const posix_spawnattr_t *b, char *const c[], char *const d[]) {
    static unsigned calls;
    int error = error_of("posix_spawn", &calls);
    return error ? error : REAL(posix_spawn)(pid, path, a, b, c, d);
}
