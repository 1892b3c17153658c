#!/usr/bin/env python3
"""Floods members of an interval set that stay members while the set changes, and counts the packets that pass.

    split.py WEIR [options]

A rule drops what comes from the set. Every packet comes from an address that is in the set before, during and after each change, so
that no packet may pass. WEIR is the program: its `apply` makes the changes; then nft makes the same ones by element commands, each
change in one transaction. All of it happens in a network namespace that the script makes for itself.

The kinds of changes, each of --at-once members at a time:
  split    an address is cut out of the middle of members
  merge    the two halves become one member again
  widen    members get more addresses at their end
  narrow   members lose these again
  beside   other members come between those that stay
  remove   those go away again

The exit status is 0 if no packet passed under Weir, 1 if one did, 2 if the test itself could not be done. What passes under nft is
printed beside it and does not matter.
"""

import argparse
import ctypes
import mmap
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
PORT = 7000
CONTROL = ("198.51.100.1", 1)  # an address that is in no set, and the offset of its counter
KINDS = ["split", "merge", "widen", "narrow", "beside", "remove"]


class Failure(Exception):
    pass


def run(*command, text=None):
    result = subprocess.run(command, input=text, text=True, capture_output=True)
    if result.returncode != 0:
        raise Failure(f"{' '.join(command)}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


def enter_namespace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise Failure("a network namespace cannot be made: " + os.strerror(ctypes.get_errno()))
    run("ip", "link", "set", "lo", "up")
    # Packets may come from any of these addresses.
    run("ip", "route", "add", "local", "10.0.0.0/8", "dev", "lo")
    run("ip", "route", "add", "local", CONTROL[0] + "/32", "dev", "lo")


# Members: the first half of every /24 from 10.0.0.0 on, as ranges of last octets, by the shape that a kind of change leads to.
def block(index):
    return f"10.{index >> 8}.{index & 255}."


SHAPES = {
    "whole": [(0, 127)],
    "split": [(0, 63), (65, 127)],
    "wide": [(0, 200)],
    "beside": [(0, 127), (240, 247)],
}
# A change, the shape that it begins with and the one that it leads to.
STEPS = {
    "split": ("whole", "split"),
    "merge": ("split", "whole"),
    "widen": ("whole", "wide"),
    "narrow": ("wide", "whole"),
    "beside": ("whole", "beside"),
    "remove": ("beside", "whole"),
}
# Last octets that are in every shape: at the ends of members and in the middle.
STAYING = [0, 1, 31, 62, 63, 65, 66, 96, 126, 127]


def members(shape, index):
    return [f"{block(index)}{low}-{block(index)}{high}" for low, high in SHAPES[shape]]


class Set:
    """What the set holds: the shape of each block."""

    def __init__(self, count):
        self.shapes = ["whole"] * count

    def text(self):
        return ", ".join(m for index, shape in enumerate(self.shapes) for m in members(shape, index))


class WeirTool:
    name = "weir"

    def __init__(self, program, folder):
        self.program = os.path.abspath(program)
        self.folder = folder
        self.file = os.path.join(folder, "split.weir")

    def apply(self):
        run(self.program, "apply", self.file, "--yes", "--state-dir", os.path.join(self.folder, "state"))

    def write(self, content):
        with open(self.file, "w") as file:
            file.write(f"set blocked: prefix {{ {content.text()} }}\ndrop in udp dport {PORT} saddr @blocked\n")

    def start(self, content):
        self.write(content)
        self.apply()

    def prepare(self, content, kind, blocks):
        self.write(content)

    def change(self):
        self.apply()

    def counter(self):
        return drop_counter(run("nft", "list", "table", "inet", "weir"))

    def stop(self):
        run("nft", "delete", "table", "inet", "weir")


class NftTool:
    name = "nft"

    def __init__(self, folder):
        self.file = os.path.join(folder, "split.nft")

    def start(self, content):
        run("nft", "-f", "-", text=f"""
            table inet other {{
                set blocked {{ type ipv4_addr; flags interval; elements = {{ {content.text()} }}; }}
                chain in {{
                    type filter hook input priority 0;
                    udp dport {PORT} ip saddr @blocked counter drop
                }}
            }}""")

    def prepare(self, content, kind, blocks):
        before, after = STEPS[kind]
        gone, new = [], []
        for index in blocks:
            old, young = members(before, index), members(after, index)
            gone += [m for m in old if m not in young]
            new += [m for m in young if m not in old]
        with open(self.file, "w") as file:
            if gone:
                file.write(f"delete element inet other blocked {{ {', '.join(gone)} }}\n")
            if new:
                file.write(f"add element inet other blocked {{ {', '.join(new)} }}\n")

    def change(self):
        run("nft", "-f", self.file)

    def counter(self):
        return drop_counter(run("nft", "list", "table", "inet", "other"))

    def stop(self):
        run("nft", "delete", "table", "inet", "other")


def drop_counter(listing):
    return sum(int(n) for n in re.findall(r"counter packets (\d+) bytes \d+ drop", listing))


class Traffic:
    """Processes that send without a pause, and one that counts what arrives; the counters are shared memory."""

    def __init__(self, blocks, senders):
        self.memory = mmap.mmap(-1, 4096)
        self.children = []
        self.senders = senders
        self.receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.receiver.bind(("127.0.0.1", PORT))
        self.fork(self.receive)
        for number in range(senders):
            self.fork(self.send, number, blocks)

    def fork(self, work, *arguments):
        child = os.fork()
        if child == 0:
            try:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
                work(*arguments)
            finally:
                os._exit(3)
        self.children.append(child)

    def number(self, place):
        return struct.unpack_from("Q", self.memory, 8 * place)[0]

    def store(self, place, value):
        struct.pack_into("Q", self.memory, 8 * place, value)

    def receive(self):
        passed = control = 0
        while True:
            _, (address, _) = self.receiver.recvfrom(64)
            if address == CONTROL[0]:
                control += 1
                self.store(CONTROL[1], control)
            else:
                passed += 1
                self.store(0, passed)

    def send(self, number, blocks):
        generator = random.Random(number)
        sources = []
        for _ in range(64):
            link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            link.bind((block(generator.choice(blocks)) + str(generator.choice(STAYING)), 0))
            link.connect(("127.0.0.1", PORT))
            sources.append(link.send)
        sent = 0
        while True:
            for send in sources:
                try:
                    send(b"x")
                except OSError:
                    continue
                sent += 1
            self.store(8 + number, sent)

    @property
    def sent(self):
        return sum(self.number(8 + number) for number in range(self.senders))

    @property
    def passed(self):
        return self.number(0)

    def check(self):
        """What the set does not hold arrives: otherwise nothing could be seen to pass."""
        link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        link.bind((CONTROL[0], 0))
        before = self.number(CONTROL[1])
        for _ in range(500):
            link.sendto(b"x", ("127.0.0.1", PORT))
            time.sleep(0.02)
            if self.number(CONTROL[1]) > before:
                return
        raise Failure("a packet that no rule drops does not arrive")

    def stop(self):
        for child in self.children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self.receiver.close()


class Tally:
    def __init__(self):
        self.changes = self.packets = self.passed = 0
        self.longest = 0.0


def cycle(tool, content, blocks, kinds, traffic, tallies):
    """Makes each kind of change once. What is sent while the change is made counts, and a moment before and after."""
    for kind in kinds:
        before, after = STEPS[kind]
        for index in blocks:
            assert content.shapes[index] == before, kind
            content.shapes[index] = after
        tool.prepare(content, kind, blocks)
        sent, passed = traffic.sent, traffic.passed
        begin = time.monotonic()
        tool.change()
        end = time.monotonic()
        # What is on its way when the change ends belongs to it.
        time.sleep(0.02)
        tally = tallies[kind]
        tally.changes += 1
        tally.packets += traffic.sent - sent
        tally.passed += traffic.passed - passed
        tally.longest = max(tally.longest, end - begin)


def test(tool, options):
    content = Set(options.members)
    blocks = random.Random(1).sample(range(options.members), options.at_once)
    tool.start(content)
    tallies = {kind: Tally() for kind in options.kinds}
    traffic = Traffic(blocks, options.senders)
    try:
        traffic.check()
        while traffic.sent == 0:
            time.sleep(0.01)
        if traffic.passed:
            raise Failure(f"{tool.name}: packets pass before anything changes")
        end = time.monotonic() + options.seconds
        while any(t.changes < options.changes or t.packets < options.packets for t in tallies.values()):
            if time.monotonic() > end:
                raise Failure(f"{tool.name}: not enough packets within {options.seconds} seconds")
            cycle(tool, content, blocks, options.kinds, traffic, tallies)
        traffic.check()
    finally:
        traffic.stop()
    sent, passed, counted = traffic.sent, traffic.passed, tool.counter()
    for kind, tally in tallies.items():
        print(
            f"{tool.name:5} {kind:7} {tally.changes:4} changes {tally.packets:9} packets {tally.passed:6} passed"
            f"   longest {tally.longest:.2f} s",
            flush=True,
        )
    # The senders store their counts every 64 packets.
    dropped = sent - passed
    print(f"{tool.name:5} counter of the rule: {counted} of {dropped} dropped packets ({100 * counted / dropped:.3f} %)")
    tool.stop()
    return passed


def main():
    parser = argparse.ArgumentParser(usage="split.py WEIR [options]", description=__doc__.split("\n")[0])
    parser.add_argument("weir", metavar="WEIR")
    parser.add_argument("--members", type=int, default=500, help="members of the set (500)")
    parser.add_argument("--at-once", type=int, default=100, help="members that one change changes (100)")
    parser.add_argument("--changes", type=int, default=20, help="changes of each kind at least (20)")
    parser.add_argument("--packets", type=int, default=300_000, help="packets during each kind of change at least (300000)")
    parser.add_argument("--kinds", default=",".join(KINDS), help="kinds of changes; both of a pair")
    parser.add_argument("--senders", type=int, default=1, help="processes that send (1)")
    parser.add_argument("--seconds", type=int, default=1500, help="the longest that each program may take (1500)")
    parser.add_argument("--tools", default="weir,nft", help="weir, nft or both (weir,nft)")
    options = parser.parse_args()
    options.kinds = options.kinds.split(",")
    if not set(options.kinds) <= set(KINDS) or options.at_once > options.members:
        parser.error("no such kind of change, or more changes than members")
    passed = {}
    try:
        enter_namespace()
        print(f"Linux {os.uname().release}: a set of {options.members} members, {options.at_once} of them change at once")
        with tempfile.TemporaryDirectory() as folder:
            tools = {"weir": lambda: WeirTool(options.weir, folder), "nft": lambda: NftTool(folder)}
            for name in options.tools.split(","):
                passed[name] = test(tools[name](), options)
    except Failure as failure:
        print(f"split.py: {failure}", file=sys.stderr)
        return 2
    return 1 if passed.get("weir", 0) else 0


if __name__ == "__main__":
    sys.exit(main())
