"""Packets as bytes, and what of a frame says how a packet fared."""

import ipaddress
import random
import struct
from dataclasses import dataclass

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
FLAGS = {"fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ecn": 64, "cwr": 128}


@dataclass(frozen=True)
class Packet:
    source: str
    destination: str
    protocol: int
    sport: int = 0
    dport: int = 0
    flags: int = 2
    icmp_type: int = 8
    icmp_code: int = 0

    @property
    def version(self):
        return 6 if ":" in self.source else 4

    def __str__(self):
        head = f"{self.source} > {self.destination}"
        if self.protocol == TCP:
            names = [name for name, bit in FLAGS.items() if self.flags & bit]
            return f"{head} tcp {self.sport} > {self.dport} {','.join(names) or 'no flags'}"
        if self.protocol in (ICMP, ICMPV6):
            return f"{head} icmp{'v6' if self.protocol == ICMPV6 else ''} {self.icmp_type}/{self.icmp_code}"
        return f"{head} protocol {self.protocol} {self.sport} > {self.dport}"


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def transport(packet):
    body = b"sweep!"
    if packet.protocol == TCP:
        data = struct.pack("!HHIIBBHHH", packet.sport, packet.dport, 1000, 2000, 0x50, packet.flags, 1024, 0, 0)
        place = 16
    elif packet.protocol == UDP:
        data = struct.pack("!HHHH", packet.sport, packet.dport, 8 + len(body), 0) + body
        place = 6
    elif packet.protocol in (ICMP, ICMPV6):
        data = struct.pack("!BBHHH", packet.icmp_type, packet.icmp_code, 0, packet.sport, 1) + body
        place = 2
    else:
        return body * 4
    source, destination = (ipaddress.ip_address(text).packed for text in (packet.source, packet.destination))
    if packet.version == 4:
        pseudo = source + destination + struct.pack("!BBH", 0, packet.protocol, len(data))
    else:
        pseudo = source + destination + struct.pack("!IHBB", len(data), 0, 0, packet.protocol)
    total = checksum((b"" if packet.protocol == ICMP else pseudo) + data)
    return data[:place] + struct.pack("!H", total) + data[place + 2:]


def encode(packet):
    data = transport(packet)
    source, destination = (ipaddress.ip_address(text).packed for text in (packet.source, packet.destination))
    if packet.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(data), packet.protocol, 64) + source + destination + data
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 1, 0, 64, packet.protocol, 0) + source + destination
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + data


def decode(data):
    """The packet, or nothing for what is no packet of IPv4 or IPv6; ICMP errors are described with what they are about."""
    if data[0] >> 4 == 4:
        source, destination = (str(ipaddress.ip_address(data[i:i + 4])) for i in (12, 16))
        protocol, rest = data[9], data[(data[0] & 15) * 4:struct.unpack("!H", data[2:4])[0]]
    elif data[0] >> 4 == 6:
        source, destination = (str(ipaddress.ip_address(data[i:i + 16])) for i in (8, 24))
        protocol, rest = data[6], data[40:]
    else:
        return None
    if protocol == TCP and len(rest) >= 14:
        sport, dport = struct.unpack("!HH", rest[:4])
        return Packet(source, destination, TCP, sport, dport, flags=rest[13])
    if protocol == UDP and len(rest) >= 4:
        return Packet(source, destination, UDP, *struct.unpack("!HH", rest[:4]))
    if protocol in (ICMP, ICMPV6) and len(rest) >= 8:
        return Packet(source, destination, protocol, struct.unpack("!H", rest[4:6])[0], icmp_type=rest[0], icmp_code=rest[1])
    return Packet(source, destination, protocol)


def answer(packet):
    """What the receiver of a packet would answer."""
    flags = 0x12 if packet.flags == 2 else 0x10
    kind = {8: 0, 128: 129}.get(packet.icmp_type, packet.icmp_type)
    if packet.protocol in (ICMP, ICMPV6):
        return Packet(packet.destination, packet.source, packet.protocol, packet.sport, icmp_type=kind)
    return Packet(packet.destination, packet.source, packet.protocol, packet.dport, packet.sport, flags=flags)


class Dice:
    """Choices that a seed repeats."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    def pick(self, values):
        return self.random.choice(list(values))

    def some(self, values, most):
        values = list(values)
        return self.random.sample(values, self.random.randint(1, min(most, len(values))))

    def number(self, low, high):
        return self.random.randint(low, high)
