"""Interrupts the release binary at random moments, and lets functions of the C library fail under it.

Usage: interruptions.py WEIR LIBRARY COUNT SEED, in a network and a mount namespace of its own (`make interruptions`).

After each interruption the kernel has the old state or the new one, never anything between; what others have is byte-identical; and what
the command said with its exit status is true. The last lines are the figures.
"""

import ctypes
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

WEIR, LIBRARY, COUNT, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
FAILING = "/etc/failing"
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)

OTHERS = """
table inet others {
    set friends {
        type ipv4_addr
        elements = { 192.0.2.7, 192.0.2.9 }
    }
    chain input {
        type filter hook input priority 10; policy accept;
        ip saddr @friends counter accept
    }
}
table ip nat-of-others {
    chain out {
        type nat hook postrouting priority 100; policy accept;
        masquerade random
    }
}
"""


def rules(variant):
    """A rule file with something of each kind; two variants have hardly anything in common."""
    members = ", ".join(f"10.{variant}.{i // 200}.{i % 200 + 1}" for i in range(0, 600, 2 + variant))
    lines = [
        "policy in drop",
        f"set bad: address {{ {members} }}",
        "drop in saddr @bad",
        f"accept in tcp dport {2200 + variant}",
        f"route 198.51.{100 + variant}.0/24 via 192.0.2.2",
        f"route 203.0.113.0/24 via 192.0.2.{2 + variant}",
        f"rule from 10.{variant}.0.0/16 lookup 7 priority {10000 + variant}",
        f"sysctl net.ipv4.ip_forward = {variant}",
    ]
    lines += [f"accept in saddr 172.16.{variant}.{i} tcp dport 443" for i in range(60)]
    return "\n".join(lines) + "\n"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def own():
    """What Weir has in the kernel."""
    tables = output("nft", "list", "tables").splitlines()
    parts = [output("nft", "--stateless", "list", "table", "inet", "weir") if "table inet weir" in tables else ""]
    parts += [output("ip", "-N", "route", "show", "table", "all", "proto", "172")]
    parts += [line for line in output("ip", "-N", "-details", "rule", "show").splitlines() if "proto 172" in line]
    parts += [open("/proc/sys/net/ipv4/ip_forward").read()]
    return "\n".join(parts)


def others():
    """What others have in the kernel."""
    parts = [output("nft", "list", "table", "inet", "others"), output("nft", "list", "table", "ip", "nat-of-others")]
    for family in "-4", "-6":
        routes = output("ip", "-N", "-details", family, "route", "show", "table", "all").splitlines()
        rules = output("ip", "-N", "-details", family, "rule", "show").splitlines()
        parts += [line for line in routes + rules if "proto 172" not in line]
    parts += [output("ip", "-o", "address", "show").replace("\\", " ")]
    return "\n".join(parts)


def make_host(is_patient=True):
    """Makes the network of the present namespace."""
    for line in (
        "link set lo up",
        "link add eth0 type veth peer name cable",
        "link set cable up",
        "link set eth0 up",
        "address add 192.0.2.1/24 dev eth0",
        "route add 198.18.0.0/15 via 192.0.2.9 proto static",
        "route add 100.64.0.0/10 dev eth0 table 9 proto 99",
        "rule add from 198.18.0.0/15 lookup 9 priority 500",
    ):
        output("ip", *line.split())
    subprocess.run(["nft", "-f", "-"], input=OTHERS, text=True, check=True)
    open("/proc/sys/net/ipv4/ip_forward", "w").write("0\n")
    if is_patient:
        time.sleep(2.5)  # IPv6 addresses are looked for on the link before they are there.


class Failure(Exception):
    pass


class Trial:
    """A host with a store, between two states."""

    def __init__(self, directory):
        self.store = f"{directory}/state"
        self.files = []
        self.states = []
        for variant in (0, 1):
            path = f"{directory}/{variant}.weir"
            open(path, "w").write(rules(variant))
            self.files.append(path)
        for path in self.files + self.files:
            self.weir("apply", "--yes", path, expect={0})
            self.states.append(own())
        if self.states[:2] != self.states[2:]:
            raise Failure("two runs of a rule file make different states")
        self.now = 1
        self.others = others()

    def start(self, command, *arguments):
        return subprocess.Popen(
            [WEIR, command, "--state-dir", self.store, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )

    def weir(self, command, *arguments, expect=None):
        process = self.start(command, *arguments)
        text = process.communicate(timeout=120)[0]
        if expect is not None and process.returncode not in expect:
            raise Failure(f"{command} {arguments}: {process.returncode}: {text}")
        return process.returncode, text

    def settle(self, allowed, said):
        """Finishes what there is to be finished, and finds out which state there is."""
        status, text = self.weir("recover", "--lock-timeout", "60")
        if status != 0:
            raise Failure(f"{said}: recover {status}: {text}")
        state = own()
        if state not in self.states:
            raise Failure(f"{said}: the kernel has something between:\n{state}")
        index = self.states.index(state)
        if index not in allowed:
            raise Failure(f"{said}: the kernel has state {index}, which is not what was said")
        if others() != self.others:
            raise Failure(f"{said}: what others have was changed:\n{others()}\nbefore:\n{self.others}")
        status, text = self.weir("status")
        if status != 0:
            raise Failure(f"{said}: status {status}: {text}")
        left = os.listdir(f"{self.store}/txn")
        if left:
            raise Failure(f"{said}: left in txn: {left}")
        self.now = index
        return index


def interrupt(process, how, moment):
    """Interrupts a process after a while; returns its status, nil if it was killed."""
    try:
        process.wait(timeout=moment)
        return process.returncode
    except subprocess.TimeoutExpired:
        pass
    if how == "kill":
        os.kill(process.pid, signal.SIGKILL)
    else:
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(random.uniform(0, 0.1))
        if how == "stop and kill":
            os.kill(process.pid, signal.SIGKILL)
        os.kill(process.pid, signal.SIGCONT)
    process.communicate(timeout=120)
    return process.returncode if process.returncode >= 0 else None


def allowed(status, old, new):
    """Which states an exit status allows."""
    if status == 0:
        return {new}
    if status in (20, 22, 23, 24, 25, 64, 65, 69, 75, 77):
        return {old}
    return {old, new}


def wait_for(condition, what, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise Failure(what)


HOWS = ("kill", "stop and go on", "stop and kill")


def interrupt_plain(trial, longest):
    old, new = trial.now, 1 - trial.now
    how = random.choice(HOWS)
    process = trial.start("apply", "--yes", trial.files[new])
    status = interrupt(process, how, random.uniform(0, longest))
    return trial.settle(allowed(status, old, new), f"apply, {how}, status {status}")


def interrupt_confirmed(trial, longest):
    """The command is interrupted before or after its change waits; nobody confirms."""
    old, new = trial.now, 1 - trial.now
    how = random.choice(HOWS)
    process = trial.start("apply", "--yes", "--confirm", "1s", trial.files[new])
    status = interrupt(process, how, random.uniform(0, longest))
    said = f"apply --confirm, {how}, status {status}"
    wait_for(lambda: own() == trial.states[old], f"{said}: the old state does not come back")
    return trial.settle({old}, said)


def interrupt_watchdog(trial, longest):
    """The watchdog is interrupted; the next command finishes its work."""
    old, new = trial.now, 1 - trial.now
    how = random.choice(HOWS)
    trial.weir("apply", "--yes", "--confirm", "1s", trial.files[new], expect={0})
    change = max(int(name) for name in os.listdir(f"{trial.store}/txn"))
    number = int(open(f"{trial.store}/txn/{change}/watchdog").read())
    time.sleep(random.uniform(0.8, 1.0 + longest))
    for what in {"kill": [signal.SIGKILL], "stop and go on": [signal.SIGSTOP, signal.SIGCONT]}.get(
        how, [signal.SIGSTOP, signal.SIGKILL, signal.SIGCONT]
    ):
        try:
            os.kill(number, what)
        except ProcessLookupError:
            break
        time.sleep(random.uniform(0, 0.05))
    time.sleep(max(0, 0.3))
    end = time.monotonic() + 60
    while trial.weir("recover", "--lock-timeout", "60")[0] != 0 and time.monotonic() < end:
        time.sleep(0.1)
    return trial.settle({old}, f"watchdog, {how}")


def interrupt_confirmation(trial, longest):
    """The command that confirms is interrupted: the change stays, or waits still and is cancelled."""
    old, new = trial.now, 1 - trial.now
    how = random.choice(HOWS)
    trial.weir("apply", "--yes", "--confirm", "1h", trial.files[new], expect={0})
    status = interrupt(trial.start("confirm", "--lock-timeout", "30"), how, random.uniform(0, longest))
    said = f"confirm, {how}, status {status}"
    if status == 0:
        return trial.settle({new}, said)
    settled, text = trial.weir("cancel", "--lock-timeout", "60")
    return trial.settle({old} if settled == 0 else {new}, f"{said}, then cancel {settled}: {text}")


class Disk:
    """A file system on a device that is a file: what is in the file is what the disk has."""

    def __init__(self, directory):
        self.image, self.place = f"{directory}/image", f"{directory}/disk"
        with open(self.image, "wb") as file:
            file.truncate(24 << 20)
        output("mkfs.ext4", "-q", "-O", "has_journal", self.image)
        os.mkdir(self.place)
        output("mount", "-o", "loop", self.image, self.place)

    def cut(self, target):
        """What the disk has at this moment; two copies that are the same are of one moment."""
        shutil.copyfile(self.image, target)
        while True:
            shutil.copyfile(self.image, f"{target}.again")
            if open(target, "rb").read() == open(f"{target}.again", "rb").read():
                return
            os.replace(f"{target}.again", target)


def cut_power(trial, disk, directory, longest):
    """The machine is gone at some moment with all that was not synchronized; after the boot the old or the new generation is there."""
    old, new = trial.now, 1 - trial.now
    kind = random.choice(("plain", "confirmed"))
    process = trial.start("apply", "--yes", *(("--confirm", "1h") if kind == "confirmed" else ()), trial.files[new])
    status = None
    try:
        process.wait(timeout=random.uniform(0, longest))
        status = process.returncode
    except subprocess.TimeoutExpired:
        pass
    confirmed = None
    if status == 0 and kind == "confirmed":
        confirmed = trial.weir("confirm")[0] if random.random() < 0.5 else None
    if process.poll() is None:
        os.kill(process.pid, signal.SIGSTOP)
    cut = f"{directory}/cut"
    disk.cut(cut)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGCONT)
    process.communicate(timeout=120)
    if kind == "confirmed" and confirmed is None:
        trial.weir("cancel", "--lock-timeout", "60")
    trial.settle({old, new}, "power cut, the machine itself")
    # What was said before the cut is what is there after it.
    expected = {old, new} if status is None else {new} if status == 0 and (kind == "plain" or confirmed == 0) else {old}
    said = f"power cut, {kind}, status {status}, confirm {confirmed}"
    place = f"{directory}/after"
    os.makedirs(place, exist_ok=True)
    output("mount", "-o", "loop", cut, place)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if libc.unshare(CLONE_NEWNET) != 0:
                raise Failure("no network namespace")
            boot = f"{directory}/boot_id"
            open(boot, "w").write("%08x-0000-4000-8000-000000000000\n" % random.getrandbits(32))
            output("mount", "--bind", boot, "/proc/sys/kernel/random/boot_id")
            try:
                make_host(is_patient=False)
                after = object.__new__(Trial)
                after.store = f"{place}/state"
                after.weir("restore", expect={0})
                state = own()
                if state not in trial.states or trial.states.index(state) not in expected:
                    raise Failure(f"{said}: after the boot there is another state:\n{state}")
                after.weir("status", expect={0})
                after.weir("apply", "--yes", trial.files[old], expect={0})
                code = 0
            finally:
                output("umount", "/proc/sys/kernel/random/boot_id")
        except Exception as error:
            print(f"{said}: {error}", flush=True)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    output("umount", place)
    if status != 0:
        raise Failure(said)
    return trial.now


# Functions of the C library, each with what it is to say: EIO 5, ENOMEM 12, ENOSPC 28, EMFILE 24, ENOBUFS 105, EPERM 1.
FUNCTIONS = [
    ("write", 28), ("pwrite", 5), ("read", 5), ("pread", 5), ("lseek", 5), ("open", 24), ("openat", 24), ("fsync", 5),
    ("ftruncate", 5), ("flock", 5), ("rename", 28), ("renameat", 28), ("linkat", 1), ("unlink", 5), ("unlinkat", 5),
    ("mkdirat", 28), ("opendir", 24), ("fdopendir", 12), ("readdir", 5), ("fstat", 5), ("fstatat", 5), ("lstat", 5), ("stat", 5),
    ("mmap", 12), ("malloc", 12), ("calloc", 12), ("realloc", 12), ("socket", 24), ("bind", 1), ("setsockopt", 1),
    ("getsockopt", 5), ("getsockname", 5), ("send", 105), ("sendto", 105), ("sendmsg", 105), ("recv", 12), ("recvfrom", 12),
    ("recvmsg", 12), ("poll", 12), ("close", 5), ("pipe", 24), ("posix_spawn", 12), ("inotify_init1", 24),
    ("inotify_add_watch", 28), ("timerfd_create", 24), ("timerfd_settime", 5),
]


def fail_function(trial, name, error, call, once, confirmed):
    """Lets one function fail from a call on, or in that call alone; returns whether it did."""
    old, new = trial.now, 1 - trial.now
    open(f"{FAILING}.trace", "w").close()
    open(FAILING, "w").write(f"{name} {error} {call}{' once' if once else ''}\n")
    process = trial.start("apply", "--yes", *(("--confirm", "2s") if confirmed else ()), trial.files[new])
    try:
        text = process.communicate(timeout=120)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        text = process.communicate()[0]
    status = process.returncode
    said = f"{name} fails in call {call}{' only' if once else ''}, {'confirmed' if confirmed else 'plain'}, status {status}: {text}"
    state = own()
    # On a busy machine the time may be over by now, and the change rolled back.
    if status == 0 and state != trial.states[new] and not (confirmed and state == trial.states[old]):
        raise Failure(f"a lie: {said}\n{state}")
    if status == 20 and state != trial.states[old]:
        raise Failure(f"a lie: {said}\n{state}")
    if confirmed:
        # A change that was made waits: 27 says that it could not be told, and who was killed by the failure says nothing.
        waits = status in (0, 27) or status < 0
        if not waits and state != trial.states[old]:
            raise Failure(f"a lie: {said}\n{state}")
        # The watchdog, whose calls fail as well, brings the old state back; without it the next command does.
        if waits:
            wait_for(lambda: own() == trial.states[old] or not is_watched(trial), f"{said}: the old state does not come back")
        os.remove(FAILING)
        if waits:
            trial.weir("cancel", "--lock-timeout", "60")
        trial.settle({old}, said)
    else:
        os.remove(FAILING)
        trial.settle(allowed(status if status >= 0 else None, old, new), said)
    return os.path.getsize(f"{FAILING}.trace") > 0


def is_watched(trial):
    """Whether a watchdog lives: one that a failing function has ended is like one that was killed."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                words = open(f"/proc/{name}/cmdline").read().split("\0")
            except OSError:
                continue
            if "watchdog" in words[:2] and trial.store in words:
                return True
    return False


def main():
    random.seed(SEED)
    directory = tempfile.mkdtemp(prefix="weir-interruptions-")
    figures = {}
    try:
        make_host()
        disk = Disk(directory)
        trial = Trial(disk.place)
        start = time.monotonic()
        trial.weir("apply", "--yes", trial.files[0], expect={0})
        longest = (time.monotonic() - start) * 1.3
        trial.settle({0}, "first")
        kinds = [
            ("apply", 4, lambda: interrupt_plain(trial, longest)),
            ("apply --confirm", 2, lambda: interrupt_confirmed(trial, longest * 1.5)),
            ("its watchdog", 1, lambda: interrupt_watchdog(trial, longest)),
            ("confirm", 1, lambda: interrupt_confirmation(trial, longest)),
            ("power cuts", 2, lambda: cut_power(trial, disk, directory, longest)),
        ]
        for number in range(COUNT):
            name, _, body = random.choices(kinds, [weight for _, weight, _ in kinds])[0]
            before = trial.now
            after = body()
            count, made = figures.get(name, (0, 0))
            figures[name] = (count + 1, made + (before != after))
            if number % 50 == 49:
                print(f"{number + 1} interruptions", flush=True)
        print("interruptions: " + "; ".join(f"{name} {count}, {made} made" for name, (count, made) in figures.items()))
        # The library is loaded by what is started from here on.
        output("mount", "-t", "tmpfs", "none", "/etc")
        open("/etc/ld.so.preload", "w").write(LIBRARY + "\n")
        tried, failed = 0, set()
        for name, error in FUNCTIONS:
            for confirmed in (False, True):
                misses = 0
                call = 1
                for _ in range(max(2, COUNT // 50)):
                    once = random.random() < 0.5
                    tried += 1
                    if fail_function(trial, name, error, call, once, confirmed):
                        failed.add(name)
                        misses = 0
                        call += random.randint(1, 3) if call < 8 else random.randint(3, 12)
                    else:
                        misses += 1
                        if misses > 1:
                            break
                        call = 1
        print(f"library calls: {tried} runs, {len(failed)} functions failed in turn: {' '.join(sorted(failed))}")
        print("none between, no lie, what others have is byte-identical")
    finally:
        if os.path.exists(FAILING):
            os.remove(FAILING)
        subprocess.run(["umount", "-l", f"{directory}/disk"], capture_output=True)
        shutil.rmtree(directory, ignore_errors=True)


main()
