#!/usr/bin/env python3
"""What is tried on every kernel: suite.py WEIR [GROUP...], run by run.sh in a guest; `suite.py --list` names the groups.

Each check is a line, `ok GROUP: WHAT` or `NOT OK GROUP: WHAT: WHY`; a group ends with `done GROUP: SECONDS`. It works in network
namespaces of its own, so that it can be tried without a guest too.
"""

import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import examples

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WEIR = sys.argv[1] if len(sys.argv) > 1 else ""
DIRECTORY = pathlib.Path(tempfile.mkdtemp())
group = ""
failures = 0

LINKS = """
ip link add eth0 type dummy
ip link add eth1 type dummy
ip link add eth2 type dummy
ip link add vpn0 type dummy
ip link add link eth0 name eth0.100 type vlan id 100
for link in eth0 eth1 eth2 vpn0 eth0.100; do ip link set $link up; done
ip address add 192.0.2.1/24 dev eth0
ip address add 2001:db8:1::1/64 dev eth0 nodad
ip address add 10.0.0.1/24 dev eth1
ip address add 2001:db8:2::1/64 dev eth1 nodad
ip address add 10.0.1.1/24 dev eth2
ip address add 10.9.0.1/24 dev vpn0
ip address add 10.8.0.2/32 dev vpn0
"""


class Failed(Exception):
    pass


def run(*command, text=None, timeout=300, namespace=None):
    prefix = ["nsenter", f"--net={namespace}"] if namespace else []
    result = subprocess.run(
        [*prefix, *command], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout
    )
    return result.returncode, result.stdout


def must(*command, **options):
    status, output = run(*command, **options)
    if status != 0:
        raise Failed(f"{output}({status}: {' '.join(map(str, command))})")
    return output


def report(what, why=None):
    global failures
    failures += why is not None
    text = f"NOT OK {group}: {what}: {' | '.join(str(why).split(chr(10)))[:600]}" if why is not None else f"ok {group}: {what}"
    print(text, flush=True)


def check(what, body, *arguments):
    """Runs a check: what it raises is its failure."""
    try:
        body(*arguments)
    except (Failed, subprocess.TimeoutExpired) as failure:
        report(what, failure)
        return False
    report(what)
    return True


class Host:
    """A network namespace with interfaces, and a state directory."""

    count = 0

    def __init__(self):
        Host.count += 1
        self.name = f"host{Host.count}"
        must("ip", "netns", "add", self.name)
        self.path = f"/run/netns/{self.name}"
        must("ip", "link", "set", "lo", "up", namespace=self.path)
        must("sh", "-ec", LINKS, namespace=self.path)
        self.state = DIRECTORY / f"state{Host.count}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        run("ip", "netns", "delete", self.name)

    def weir(self, command, *arguments, text=None, status=0, state=None):
        found, output = run(
            WEIR, command, "--state-dir", str(state or self.state), *arguments, text=text, namespace=self.path
        )
        if found != status:
            raise Failed(f"weir {command} {' '.join(arguments)}: {found}: {output}")
        return output

    def look(self):
        """What others see."""
        commands = "nft --stateless list ruleset", "ip route", "ip -6 route", "ip rule", "ip -6 rule"
        return "".join(must(*command.split(), namespace=self.path) for command in commands)

    def is_in_effect(self, rules):
        """Nothing is to be done, for somebody who knows nothing of what was done before: all is read."""
        empty = DIRECTORY / f"empty{random.randrange(1 << 40)}"
        self.weir("plan", "--exit-code", str(rules), state=empty)

    def load(self, rules):
        """Loads a file; it is read back as it is, a second time nothing happens, and it goes without a trace."""
        before = self.look()
        # The links have no default route of their own.
        self.weir("apply", "--yes", "--allow-no-default-route", str(rules))
        try:
            self.is_in_effect(rules)
            made = self.look()
            again = self.weir("apply", "--yes", str(rules))
            if "No changes" not in again and "othing" not in again:
                raise Failed(f"a second apply does something: {again}")
            if self.look() != made:
                raise Failed("a second apply changes something")
        finally:
            self.weir("revert", "--yes", "--allow-no-default-route")
        if self.look() != before:
            raise Failed(f"something is left: {self.look()}")


def write(name, text):
    path = DIRECTORY / name
    path.write_text(text)
    return path


# MARK: Groups


def load_batches(kind):
    """Loads examples, many at once; if they fail, one by one."""
    host = Host()
    for number, batch in enumerate(examples.batches(examples.examples(ROOT)[kind])):
        try:
            host.load(write(f"{kind}{number}.weir", "".join(rules for _, rules in batch)))
            for name, _ in batch:
                report(name)
            continue
        except (Failed, subprocess.TimeoutExpired) as failure:
            print(f"together they fail: {failure}"[:2000], flush=True)
        before = failures
        for index, (name, rules) in enumerate(batch):
            # What is left of one must not spoil the next.
            host.__exit__()
            host = Host()
            check(name, host.load, write(f"{kind}{number}-{index}.weir", rules))
        if failures == before:
            report(f"together: {', '.join(name for name, _ in batch)}"[:200], "each alone is well")
    host.__exit__()


def load_files():
    for name, path in examples.examples(ROOT)["files"]:
        with Host() as host:
            check(name, host.load, path)


def language():
    load_batches("language")
    load_files()


def traffic():
    load_batches("traffic")


SMALL = """policy in drop
in {
    accept ct state established,related
    accept on lo
    accept on eth0 tcp dport ssh
    accept saddr { 10.0.0.0/8, 192.0.2.7 } udp dport { 53, 5000-5010 }
}
route 10.7.0.0/16 via 192.0.2.9
route 10.6.0.0/16 dev vpn0 mtu 1400
route 2001:db8:7::/48 via 2001:db8:1::9
rule from 10.1.0.0/16 lookup 100 priority 1000
rule ip fwmark 0x10 lookup 100 priority 1001
sysctl net.ipv4.ip_forward = 1
"""


def confirm():
    small, other = write("small.weir", SMALL), write("other.weir", SMALL.replace("ssh", "http") + "drop in udp\n")
    with Host() as host:
        host.weir("apply", "--yes", str(small))
        before = host.look()

        def expiry():
            host.weir("apply", "--yes", "--confirm", "30s", str(other))
            if host.look() == before:
                raise Failed("nothing was changed")
            deadline = time.monotonic() + 240
            while host.look() != before:
                if time.monotonic() > deadline:
                    raise Failed(f"not rolled back: {host.look()}")
                time.sleep(0.5)
            host.is_in_effect(small)

        def in_time():
            host.weir("apply", "--yes", "--confirm", "1h", str(other))
            host.weir("confirm")
            host.is_in_effect(other)

        check("unconfirmed, it is rolled back", expiry)
        check("too late to confirm", lambda: host.weir("confirm", status=22))
        check("confirmed in time, it stays", in_time)
        check("rollback to the generation before", lambda: (host.weir("rollback", "--yes"), host.is_in_effect(small)))


def kill():
    random.seed(1)
    lines = [f"accept in saddr 10.{i >> 8}.{i & 255}.0/24 tcp dport {1 + i}\n" for i in range(400)]
    one, two = write("one.weir", SMALL + "".join(lines)), write("two.weir", SMALL + "".join(reversed(lines)) + "drop in udp\n")
    with Host() as host:
        host.weir("apply", "--yes", str(one))
        start = time.monotonic()
        host.weir("apply", "--yes", str(two))
        span = time.monotonic() - start
        current, next_ = two, one

        def interrupt():
            nonlocal current, next_
            process = subprocess.Popen(
                [WEIR, "apply", "--yes", "--netns", host.path, "--state-dir", str(host.state), str(next_)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            time.sleep(random.uniform(0, span))
            process.kill()
            process.wait()
            host.weir("recover")
            found = []
            for rules in current, next_:
                try:
                    host.is_in_effect(rules)
                    found.append(rules)
                except Failed:
                    pass
            if len(found) != 1:
                raise Failed("it is neither as before nor as it was to be")
            if found[0] != current:
                current, next_ = next_, current

        for number in range(1, 13):
            check(f"SIGKILL {number}", interrupt)


def boot():
    small = write("small.weir", SMALL)
    with Host() as former, Host() as host:
        former.weir("apply", "--yes", str(small))
        wanted = former.look()
        identity = write("boot_id", "6a1b0c9e-0000-4000-8000-000000000000\n")

        def restore():
            script = f'mount --bind {identity} /proc/sys/kernel/random/boot_id && exec "$@"'
            command = [WEIR, "restore", "--state-dir", str(former.state)]
            must("unshare", "--mount", "sh", "-c", script, "-", *command, namespace=host.path)
            if host.look() != wanted:
                raise Failed(f"not as it was applied: {host.look()}")
            host.is_in_effect(small)

        check("restore after a boot", restore)


def sets():
    members = [f"10.{i >> 8 & 255}.{i & 255}.0/25" for i in range(8000)]
    addresses = [f"172.16.{i >> 8}.{i & 255}" for i in range(8000)]

    def rules(prefixes, singles):
        return (
            f"set some: prefix {{ {', '.join(prefixes)} }}\nset single: address {{ {', '.join(singles)} }}\n"
            "drop in saddr @some\ndrop in saddr @single\n"
        )

    one = write("sets.weir", rules(members, addresses))
    two = write("sets2.weir", rules(members[:4000] + ["11.0.0.0/8"] + members[4001:], addresses[1:] + ["192.0.2.77"]))
    with Host() as host:
        check("8,000 prefixes and 8,000 addresses", host.load, one)

        def change():
            host.weir("apply", "--yes", str(one))
            host.weir("apply", "--yes", str(two))
            host.is_in_effect(two)
            host.weir("rollback", "--yes")
            host.is_in_effect(one)

        check("a member of each exchanged, and back", change)


def split():
    script = HERE / "split.py"
    status, output = run(str(script), WEIR, timeout=1500)
    print(output, flush=True)
    for tool in "weir", "nft":
        found = re.findall(rf"^{tool} +\S+ +\d+ changes +(\d+) packets +(\d+) passed", output, re.M)
        print(f"figure split: {tool} {sum(int(p) for _, p in found):,} of {sum(int(n) for n, _ in found):,} packets", flush=True)
    report("no packet passes a set that holds its source", None if status == 0 else f"{status}: {output[-400:]}")


GROUPS = [language, traffic, confirm, kill, boot, sets, split]


def main():
    global group
    if sys.argv[1:] == ["--list"]:
        print("\n".join(function.__name__ for function in GROUPS))
        return
    for module in "dummy", "8021q":
        run("modprobe", module)
    # Debian's releases of older kernels are not called by their versions.
    version = re.search(r"Debian (\d+\.\d+\.\d+)", os.uname().version)
    print(f"kernel {version[1] if version else os.uname().release}", flush=True)
    wanted = sys.argv[2:] or [function.__name__ for function in GROUPS]
    for name in wanted:
        group = name
        start = time.monotonic()
        try:
            {function.__name__: function for function in GROUPS}[name]()
        except Failed as failure:
            report("the surroundings", failure)
        print(f"done {name}: {time.monotonic() - start:.0f}", flush=True)
    shutil.rmtree(DIRECTORY)
    sys.exit(failures > 0)


main()
