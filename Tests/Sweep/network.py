"""Two hosts alike, each with two links to a namespace from which this program plays everybody else, frame by frame."""

import ctypes
import os
import select
import socket
import struct
import subprocess
import time

from packets import decode, encode

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
OWN = bytes.fromhex("020000000001")
LINKS = {"eth0": ("192.0.2", "2001:db8"), "eth1": ("198.51.100", "2001:db8:1")}
SETTINGS = [
    "net.ipv4.conf.all.forwarding=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0",
    "net.ipv4.icmp_msgs_per_sec=100000", "net.ipv4.icmp_msgs_burst=100000", "net.ipv4.conf.all.rp_filter=0",
    "net.ipv4.conf.default.rp_filter=0", "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.default.send_redirects=0",
    "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.accept_ra=0", "net.ipv6.conf.default.router_solicitations=0",
]


def run(command, text=None, directory=None):
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=directory, timeout=60)


def checked(command, text=None):
    result = run(command, text)
    if result.returncode:
        raise SystemExit(f"{' '.join(command)}: {result.stderr}")
    return result.stdout


def new_namespace():
    """Enters a new namespace and returns a file that names it."""
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    return os.open("/proc/self/ns/net", os.O_RDONLY)


class Host:
    def __init__(self, outside):
        self.outside = outside
        self.namespace = new_namespace()
        checked(["ip", "link", "set", "lo", "up"])
        for setting in SETTINGS:
            # A kernel without one of these limits needs none of it lifted.
            run(["sysctl", "-qw", setting])
        lines = []
        for name, (four, six) in LINKS.items():
            lines += [
                f"link add {name} type veth peer name {name} netns /proc/{os.getpid()}/fd/{outside}",
                f"address add {four}.1/24 dev {name}", f"address add {six}::1/64 dev {name} nodad",
                f"link set {name} address {OWN.hex(':')} up",
            ]
            # Everybody whom packets may be sent to: that a neighbour is not there shows only seconds later.
            for number in range(2, 16):
                for address in (f"{four}.{number}", f"{six}::{number:x}"):
                    lines.append(f"neighbour add {address} lladdr 02:00:00:00:00:{number:02x} nud permanent dev {name}")
        lines += ["route add default via 192.0.2.2", "-6 route add default via 2001:db8::2"]
        batch = "\n".join(line for line in lines if not line.startswith("-6")) + "\n"
        checked(["ip", "-batch", "-"], batch)
        checked(["ip", "-6", "route", "add", "default", "via", "2001:db8::2"])
        self.raw = {
            4: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
            6: socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW),
        }
        self.tracking = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.enter(outside)
        for name in LINKS:
            checked(["ip", "link", "set", name, "addrgenmode", "none", "up"])
        self.links = {}
        for name in LINKS:
            link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            link.bind((name, 0))
            link.setsockopt(socket.SOL_PACKET if hasattr(socket, "SOL_PACKET") else 263, 23, 1)  # PACKET_IGNORE_OUTGOING
            link.setblocking(False)
            self.links[name] = link
        self.enter()
        self.settle()

    def enter(self, namespace=None):
        if libc.setns(self.namespace if namespace is None else namespace, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def settle(self):
        deadline = time.time() + 10
        while time.time() < deadline:
            try:
                self.barrier()
                return self.events()
            except TimeoutError:
                pass
        raise SystemExit("the links do not come up")

    def arrive(self, packet, link):
        kind = b"\x08\x00" if packet.version == 4 else b"\x86\xdd"
        self.links[link].send(OWN + bytes.fromhex("020000000002") + kind + encode(packet))

    def leave(self, packet):
        try:
            self.raw[packet.version].sendto(encode(packet), (packet.destination, 0))
        except OSError as error:
            # What a chain of `output` refuses is an error for the sender; which one is part of how the packet fared.
            return error.errno
        return 0

    def barrier(self):
        """Waits until all that was sent has been handled: a question behind it, which no rule concerns, is answered."""
        self.leftover = []
        for name, (four, _) in LINKS.items():
            ask = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + bytes.fromhex("020000000002") + socket.inet_aton(f"{four}.2")
            self.links[name].send(
                b"\xff" * 6 + bytes.fromhex("020000000002") + b"\x08\x06" + ask + b"\0" * 6 + socket.inet_aton(f"{four}.1")
            )
            self.collect(name)

    def collect(self, name):
        deadline = time.time() + 1
        while True:
            if not select.select([self.links[name]], [], [], max(0, deadline - time.time()))[0]:
                raise TimeoutError(name)
            frame = self.links[name].recv(65535)
            if frame[12:14] == b"\x08\x06":
                if frame[20:22] == b"\0\x02":
                    return
                continue
            if frame[12:14] in (b"\x08\x00", b"\x86\xdd"):
                packet = decode(frame[14:])
                if packet and not packet.destination.startswith("ff02:"):
                    self.leftover.append((name, frame[5], packet))

    def events(self):
        events, self.leftover = self.leftover, []
        return events

    def forget_connections(self):
        """Empties the table of connections (IPCTNL_MSG_CT_DELETE without a tuple)."""
        body = struct.pack("!BBH", 0, 0, 0)
        self.tracking.send(struct.pack("=IHHII", 16 + len(body), 0x0102, 5, 1, 0) + body)
        self.tracking.recv(4096)
