#define _GNU_SOURCE
#include "CLinux.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(LINUX_NETWORK_NAMESPACE == CLONE_NEWNET, "CLONE_NEWNET is part of the kernel's interface");

_Static_assert(LINUX_NETWORK_ADMINISTRATION == CAP_NET_ADMIN, "so is CAP_NET_ADMIN");

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

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
