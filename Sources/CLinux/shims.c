#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

_Static_assert(LINUX_NETWORK_NAMESPACE == CLONE_NEWNET, "CLONE_NEWNET is part of the kernel's interface");

_Static_assert(LINUX_USER_NAMESPACE == CLONE_NEWUSER && LINUX_MOUNT_NAMESPACE == CLONE_NEWNS, "so are these");

_Static_assert(LINUX_NETWORK_ADMINISTRATION == CAP_NET_ADMIN, "so is CAP_NET_ADMIN");

_Static_assert(LINUX_PATH_ONLY == O_PATH, "so is O_PATH");

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

static int argument_count;
static char **argument_values;

// glibc hands constructors what it hands main.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    argument_values = values;
}

int linux_argument_count(void) {
    return argument_count;
}

const char *linux_argument(int index) {
    return argument_values[index];
}

int linux_hold_standard_descriptors(void) {
    int descriptor;
    do {
        // The lowest number that is free is taken.
        descriptor = open("/", O_PATH);
    } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    return descriptor < 0 ? -1 : close(descriptor);
}

int linux_unshare(int flags) {
    return unshare(flags);
}

int linux_setns(int descriptor, int namespace_type) {
    return setns(descriptor, namespace_type);
}

int linux_gettid(void) {
    return (int)syscall(SYS_gettid);
}

int linux_network_namespace_cookie(int socket, uint64_t *cookie) {
    socklen_t length = sizeof *cookie;
    return getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &length);
}

int linux_memory_file(const char *name) {
    return memfd_create(name, MFD_CLOEXEC);
}

int linux_open_in_root(int directory, const char *path, int flags) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

/// Opens a path as `user`; all that is changed is of the calling thread alone, which is why the system calls are made directly.
static int open_with_identity(const char *path, int flags, uint32_t user, uint32_t group) {
    uint32_t own_group = (uint32_t)syscall(SYS_setfsgid, group);
    // Takes the capabilities over files out of effect too, and the number of before puts them back.
    uint32_t own_user = (uint32_t)syscall(SYS_setfsuid, user);
    int descriptor = -1;
    int error = EPERM;
    if ((uint32_t)syscall(SYS_setfsuid, -1) == user && (uint32_t)syscall(SYS_setfsgid, -1) == group) {
        descriptor = open(path, flags | O_CLOEXEC);
        error = errno;
    }
    syscall(SYS_setfsuid, own_user);
    syscall(SYS_setfsgid, own_group);
    errno = error;
    return descriptor;
}

int linux_open_as(const char *path, int flags, uint32_t user, uint32_t group, const uint32_t *groups, int count) {
    int bits = prctl(PR_GET_SECUREBITS);
    if (bits < 0 || bits & SECBIT_NO_SETUID_FIXUP) {
        errno = EPERM;
        return -1;
    }
    int own_count = getgroups(0, NULL);
    uint32_t *own = own_count < 0 ? NULL : calloc((size_t)own_count + 1, sizeof *own);
    if (own == NULL)
        return -1;
    int descriptor = -1;
    own_count = getgroups(own_count, own);
    if (own_count >= 0 && syscall(SYS_setgroups, count, groups) == 0) {
        descriptor = open_with_identity(path, flags, user, group);
        int error = errno;
        syscall(SYS_setgroups, own_count, own);
        errno = error;
    }
    free(own);
    return descriptor;
}

int linux_process_descriptor(int process) {
    return (int)syscall(SYS_pidfd_open, process, 0);
}

int linux_drop_capability(int capability) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, data) != 0)
        return -1;
    data[CAP_TO_INDEX(capability)].effective &= ~CAP_TO_MASK(capability);
    data[CAP_TO_INDEX(capability)].permitted &= ~CAP_TO_MASK(capability);
    return (int)syscall(SYS_capset, &header, data);
}

int linux_signal_process(int descriptor, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0);
}

int linux_boot_timer(void) {
    return timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
}

int linux_set_boot_timer(int timer, uint64_t nanoseconds) {
    struct itimerspec time = {
        .it_value = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)}};
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &time, NULL);
}

enum { MOST_DESCRIPTORS = 8 };

static int add_descriptors(posix_spawn_file_actions_t *actions, const int *copies, int count) {
    for (int target = 0; target < count; target++) {
        int error = posix_spawn_file_actions_adddup2(actions, copies[target], target);
        if (error != 0)
            return error;
    }
    int error = posix_spawn_file_actions_addchdir_np(actions, "/");
    return error != 0 ? error : posix_spawn_file_actions_addclosefrom_np(actions, count);
}

static int spawn_with(
    int *process, const char *path, char *const arguments[], char *const environment[], const int *copies, int count) {
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    posix_spawnattr_t attributes;
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    error = add_descriptors(&actions, copies, count);
    if (error == 0)
        error = posix_spawn(process, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int linux_termination_descriptor(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int error = pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int linux_spawn_detached(
    int *process, const char *path, char *const arguments[], char *const environment[], const int *descriptors, int count) {
    if (count > MOST_DESCRIPTORS)
        return EINVAL;
    // Copies that lie above all targets: no target overwrites a descriptor that is still needed.
    int copies[MOST_DESCRIPTORS];
    int made = 0;
    int error = 0;
    while (made < count && error == 0) {
        copies[made] = fcntl(descriptors[made], F_DUPFD_CLOEXEC, MOST_DESCRIPTORS);
        if (copies[made] < 0)
            error = errno;
        else
            made++;
    }
    if (error == 0)
        error = spawn_with(process, path, arguments, environment, copies, count);
    while (made > 0)
        close(copies[--made]);
    return error;
}

int linux_lock_memory(void) {
    struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_MEMLOCK, &unlimited) != 0)
        return -1;
    if (mlockall(MCL_CURRENT) != 0)
        return -1;
    return mlockall(MCL_FUTURE | MCL_ONFAULT);
}

void linux_lift_limits(void) {
    // Only root may lift what whoever started this process has made a hard limit.
    static const int limits[] = {RLIMIT_CPU,   RLIMIT_FSIZE, RLIMIT_DATA,       RLIMIT_STACK,  RLIMIT_RSS,    RLIMIT_AS,
                                 RLIMIT_NPROC, RLIMIT_LOCKS, RLIMIT_SIGPENDING, RLIMIT_RTTIME, RLIMIT_NOFILE};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit now;
        if (getrlimit(limits[i], &now) != 0)
            continue;
        // There is no such thing as an unlimited number of descriptors.
        rlim_t most = limits[i] == RLIMIT_NOFILE ? 65536 : RLIM_INFINITY;
        if (now.rlim_max != RLIM_INFINITY && now.rlim_max > most)
            most = now.rlim_max;
        struct rlimit lifted = {most, most};
        if (setrlimit(limits[i], &lifted) == 0)
            continue;
        lifted.rlim_cur = lifted.rlim_max = now.rlim_max;
        setrlimit(limits[i], &lifted);
    }
}

int linux_name_thread(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}

int linux_end_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

int linux_own_process_files(void) {
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

int linux_packet_socket(uint16_t protocol) {
    return socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(protocol));
}

int linux_mount_memory(const char *directory) {
    // Nothing that is mounted from here on is to be seen in the mount namespace that this one was copied from.
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return -1;
    return mount("weir", directory, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700");
}
