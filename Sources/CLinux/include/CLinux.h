#pragma once

#include <stdint.h>

// Headers that the Glibc module does not have. One that it has must not be here: Swift would then look for the declarations of
// that header in this module.
#include <netpacket/packet.h>
#include <sys/eventfd.h>

// System calls that the Glibc module leaves out because glibc declares them for _GNU_SOURCE only. All of them return -1 and
// set errno on failure.

/// How many arguments the program was started with, its name among them: what the kernel put on its stack, so that it is known without
/// /proc.
int linux_argument_count(void);

/// One of them.
const char *linux_argument(int index);

/// Gives each of the descriptors 0, 1 and 2 that is closed something that can be neither read nor written, so that no file or socket that
/// is opened later becomes standard input or output.
int linux_hold_standard_descriptors(void);

/// unshare(2): gives the calling thread namespaces of its own.
int linux_unshare(int flags);

/// setns(2): moves the calling thread into the namespace that the descriptor refers to.
int linux_setns(int descriptor, int namespace_type);

/// gettid(2): the kernel's number of the calling thread.
int linux_gettid(void);

/// SO_NETNS_COOKIE: the number of the network namespace that a socket was opened in, never used twice until the next boot
/// (Linux 5.14).
int linux_network_namespace_cookie(int socket, uint64_t *cookie);

/// memfd_create(2) with MFD_CLOEXEC: a file that lives in memory only.
int linux_memory_file(const char *name);

/// openat2(2) with RESOLVE_IN_ROOT: opens a path as if the directory were the root of all files, so that neither `..` nor a symbolic link
/// leads out of it (Linux 5.6). It closes on exec.
int linux_open_in_root(int directory, const char *path, int flags);

/// openat(2) with the rights of another user to files: his number, his group and his further groups stand in for those of the calling
/// thread while the path is looked up, and the thread's capabilities do not count. Only who may become another user can do that.
int linux_open_as(const char *path, int flags, uint32_t user, uint32_t group, const uint32_t *groups, int count);

/// pidfd_open(2): a descriptor that becomes readable when the process ends (Linux 5.3).
int linux_process_descriptor(int process);

/// pidfd_send_signal(2): sends a signal to the process of such a descriptor, never to another one that got its number.
int linux_signal_process(int descriptor, int signal);

/// timerfd_create(2) on CLOCK_BOOTTIME, which counts the time that the machine sleeps and which nobody can set; it does not block.
int linux_boot_timer(void);

/// timerfd_settime(2): lets the timer expire at that many nanoseconds of CLOCK_BOOTTIME; 0 lets it never expire.
int linux_set_boot_timer(int timer, uint64_t nanoseconds);

/// signalfd(2): keeps SIGHUP, SIGINT and SIGTERM from doing anything to the calling thread and those that it starts; the descriptor is
/// readable when one of them has come.
int linux_termination_descriptor(void);

/// posix_spawn(3): starts a program in a session of its own, in the directory /, with no signal ignored or blocked. The descriptors become
/// its 0, 1, 2 ...; all others are closed. Returns an error number, 0 for success.
int linux_spawn_detached(
    int *process, const char *path, char *const arguments[], char *const environment[], const int *descriptors, int count);

/// Keeps what is in memory there, and what comes later once it is there, as mlockall(2) does; does nothing where a limit would then make
/// later allocations fail.
int linux_lock_memory(void);

/// setrlimit(2): lifts the limits on the time, memory, files and file sizes of this process, each as far as that is permitted.
void linux_lift_limits(void);

/// capset(2): takes a capability such as CAP_NET_ADMIN away from the calling thread.
int linux_drop_capability(int capability);

/// prctl(2), PR_SET_NAME: gives the calling thread another name, of 15 bytes at most; that of the first one is the process's.
int linux_name_thread(const char *name);

/// prctl(2), PR_SET_PDEATHSIG: lets the kernel kill this process when the thread that started it ends.
int linux_end_with_parent(void);

/// prctl(2), PR_SET_DUMPABLE: lets the process write to its own files in /proc though its program is one that gives capabilities.
int linux_own_process_files(void);

/// socket(2): a socket of AF_PACKET and SOCK_DGRAM that does not block, for packets of one protocol (ETH_P_IP, ...) of all interfaces.
int linux_packet_socket(uint16_t protocol);

/// mount(2): puts an empty file system in memory over a directory, for the calling thread's mount namespace alone.
int linux_mount_memory(const char *directory);

enum {
    /// CLONE_NEWNS, the mount namespace, for linux_unshare.
    LINUX_MOUNT_NAMESPACE = 0x00020000,
    /// CLONE_NEWUSER, the user namespace, for linux_unshare.
    LINUX_USER_NAMESPACE = 0x10000000,
    /// CLONE_NEWNET, the network namespace, for linux_unshare and linux_setns.
    LINUX_NETWORK_NAMESPACE = 0x40000000,
    /// CAP_NET_ADMIN, for linux_drop_capability.
    LINUX_NETWORK_ADMINISTRATION = 12,
    /// O_PATH of open(2): a descriptor from which others are opened, of a directory that need not be readable.
    LINUX_PATH_ONLY = 010000000
};
