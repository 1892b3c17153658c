"""What rules are to do, without the words of any tool; and packets that tell whether they do it."""

import ipaddress
from dataclasses import dataclass, field, replace

from packets import FLAGS, ICMP, ICMPV6, TCP, UDP, Packet

PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6, "gre": 47, "sctp": 132}
ADDRESSES = {
    4: ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4", "203.0.113.9"],
    6: ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:1::1", "2001:db8:1::2", "2001:db8:1::3", "2001:db8:f::9"],
}
ON_LINK = [ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "2001:db8::/64", "2001:db8:1::/64")]
RANGES = {
    4: ["192.0.2.0/24", "192.0.2.0/30", "192.0.2.2/31", "198.51.100.0/25", "198.51.0.0/16", "128.0.0.0/1",
        "192.0.2.2-192.0.2.3", "198.51.100.1-198.51.100.9", "0.0.0.0/0"],
    6: ["2001:db8::/64", "2001:db8::2/127", "2001:db8:1::/48", "2001:db8::/32", "2001:db8::1-2001:db8::2", "::/0"],
}
PORTS = [(22, 22), (25, 25), (53, 53), (80, 80), (443, 443), (1000, 2000), (53, 80), (1024, 65535), (0, 65535)]
ICMP_TYPES = {ICMP: ["echo-request", "echo-reply", "destination-unreachable", "timestamp-request"],
              ICMPV6: ["echo-request", "echo-reply", "destination-unreachable", "packet-too-big"]}
ICMP_NUMBERS = {ICMP: {"echo-request": 8, "echo-reply": 0, "destination-unreachable": 3, "timestamp-request": 13},
                ICMPV6: {"echo-request": 128, "echo-reply": 129, "destination-unreachable": 1, "packet-too-big": 2}}


@dataclass(frozen=True)
class Condition:
    """One thing that is asked of a packet: `kind` says what, `values` what it is compared with."""

    kind: str
    values: tuple = ()
    negated: bool = False


@dataclass(frozen=True)
class Rule:
    verb: str
    direction: str | None
    conditions: tuple = ()
    detail: dict = field(default_factory=dict)

    def all(self, kind):
        return [condition for condition in self.conditions if condition.kind == kind]


@dataclass
class Program:
    rules: list
    policies: dict = field(default_factory=dict)
    chain: list = field(default_factory=list)
    sets: dict = field(default_factory=dict)


def family(text):
    return 6 if ":" in text else 4


def addresses(dice, most=3):
    """A list of addresses, prefixes and ranges: of one family nearly always, of both now and then."""
    families = dice.pick([[4], [4], [6], [4, 6]])
    chosen = []
    for number in families:
        chosen += dice.some(ADDRESSES[number] + RANGES[number], most)
    return tuple(chosen)


def ports(dice, most=3):
    return tuple(sorted(set(dice.some(PORTS, most))))


def conditions(dice, direction):
    found = []

    def add(kind, values=(), negated=False):
        found.append(Condition(kind, tuple(values), negated))

    def interface(kind):
        add(kind, dice.some(["eth0", "eth0", "eth1", "eth1", "eth*", dice.pick(["lo", "vpn0"])], 2), dice.chance(0.25))

    if direction in ("in", "forward") and dice.chance(0.3):
        interface("input")
    if direction in ("out", "forward") and dice.chance(0.3):
        interface("output")
    if dice.chance(0.1):
        add("family", [dice.pick([4, 6])])
    for kind in ("saddr", "daddr"):
        if dice.chance(0.25):
            add(kind, addresses(dice), dice.chance(0.25))
    layer = dice.pick(["tcp", "tcp", "udp", "both", "icmp", "icmpv6", "proto", "none", "none"])
    if dice.chance(0.04) and direction in ("in", "forward"):
        add("status", [dice.pick(["dnat", "seen-reply"])], dice.chance(0.3))
    if layer in ("tcp", "udp", "both"):
        if dice.chance(0.06):
            add("original-dport", [dice.pick(PORTS[:5])])
        add("proto", ["tcp", "udp"] if layer == "both" else [layer])
        for kind in ("sport", "dport"):
            if dice.chance(0.2 if kind == "sport" else 0.7):
                add(kind, ports(dice), dice.chance(0.25))
        if layer == "tcp" and dice.chance(0.35):
            names = list(FLAGS)[:6]
            how = dice.pick(["one", "none", "exact", "not-exact", "all", "any"])
            mask = dice.some(names, 1 if how == "one" else 4)
            add("flags", [how, tuple(name for name in mask if dice.chance(0.5)), tuple(mask)], how == "one" and dice.chance(0.5))
    elif layer in ("icmp", "icmpv6"):
        number = PROTOCOLS[layer]
        kinds = dice.some(ICMP_TYPES[number], 2)
        if dice.chance(0.8):
            add("icmp", [layer, tuple(kinds)], dice.chance(0.2))
        else:
            add("proto", [layer])
    elif layer == "proto":
        add("proto", dice.some(["tcp", "udp", "icmp", "icmpv6", "gre", "sctp"], 3), dice.chance(0.4))
    if dice.chance(0.2):
        add("state", dice.some(["new", "established", "related", "invalid", "untracked"], 3), dice.chance(0.25))
    if dice.chance(0.08):
        add("mark", [dice.pick([(0, None), (1, None), (1, 15), (16, 240)])], dice.chance(0.3))
    if dice.chance(0.08):
        add("limit", [dice.pick([1, 2]), "hour", dice.pick([2, 3, 5])], dice.chance(0.3))
    return consistent(found)


def consistent(found):
    """Leaves out conditions that would exclude each other: no tool has a rule for what nothing can meet."""
    families, kept = {4, 6}, []
    for condition in found:
        if condition.negated and any(value in ("0.0.0.0/0", "::/0", (0, 65535)) for value in condition.values):
            continue
        own = families_of(condition)
        if own & families:
            families &= own
            kept.append(condition)
    return tuple(kept)


def families_of(condition):
    if condition.kind == "family":
        return set(condition.values)
    if condition.kind in ("saddr", "daddr", "original-daddr"):
        return {family(text) for text in condition.values}
    if condition.kind == "icmp" or condition.kind == "proto" and condition.values in (("icmp",), ("icmpv6",)) and not condition.negated:
        return {4 if condition.values[0] == "icmp" else 6}
    return {4, 6}


def families_of_rule(rule):
    families = {4, 6}
    for condition in rule.conditions:
        families &= families_of(condition)
    target = rule.detail.get("address")
    return families & {family(target)} if target else families


def has_ports(rule):
    return any(not c.negated and set(c.values) <= {"tcp", "udp"} for c in rule.all("proto"))


def rule(dice):
    direction = dice.pick(["in", "in", "out", "forward"])
    asked = conditions(dice, direction)
    plain = Rule("drop", direction, asked)
    families = families_of_rule(plain)
    kind = dice.number(0, 99)
    if kind < 22 and direction != "forward" or kind < 8:
        return translation(dice, plain, families)
    if kind < 40:
        return replace(plain, verb="accept")
    if kind < 62:
        return plain
    if kind < 80:
        return reject(dice, plain, families)
    if kind < 88:
        return replace(plain, verb="mark", detail={"mark": dice.pick([(1, None), (1, 15), (16, 240)])})
    if kind < 92 and direction != "forward":
        # Before tracking there is no state to ask for.
        rest = tuple(c for c in asked if c.kind not in ("state", "limit"))
        return replace(plain, verb="notrack", conditions=rest)
    if kind < 97:
        return replace(plain, verb=dice.pick(["jump", "goto"]))
    return replace(plain, verb="count")


def reject(dice, plain, families):
    answers = ["port-unreachable", "admin-prohibited", "no-route", "host-unreachable"]
    if [set(c.values) for c in plain.all("proto") if not c.negated] == [{"tcp"}] and dice.chance(0.5):
        return replace(plain, verb="reject", detail={"with": "reset"})
    return replace(plain, verb="reject", detail={"with": dice.pick(answers)})


def translation(dice, plain, families):
    """A translation of the rule's packets; of one family where it gives an address."""
    verb = {"in": ["redirect", "redirect", "dnat", "dnat"], "out": ["redirect", "dnat", "snat", "masquerade"], "forward": ["snat", "masquerade"]}
    verb = dice.pick(verb[plain.direction])
    asked = tuple(c for c in plain.conditions if c.kind not in ("limit", "state", "flags"))
    if verb in ("snat", "masquerade") and plain.direction == "forward":
        # Behind routing only some of these can be told by every tool.
        asked = tuple(c for c in asked if c.kind != "input")
    number = dice.pick(sorted(families))
    if verb in ("dnat", "snat") and dice.chance(0.3):
        # A prefix, which another one may take the place of.
        kind = "daddr" if verb == "dnat" else "saddr"
        old = dice.pick(["192.0.2.0/24", "192.0.2.0/29", "203.0.113.0/28"] if number == 4 else ["2001:db8::/64", "2001:db8:f::/120"])
        asked = tuple(c for c in asked if c.kind not in ("saddr", "daddr")) + (Condition(kind, (old,)),)
    plain = replace(plain, verb=verb, conditions=asked, direction="out" if verb in ("snat", "masquerade") else plain.direction)
    detail = {}
    if verb in ("dnat", "snat"):
        detail["address"] = dice.pick(ADDRESSES[number][1:4] + ADDRESSES[number][5:7])
        prefixes = [c for c in plain.all("daddr" if verb == "dnat" else "saddr") if len(c.values) == 1 and not c.negated
                    and family(c.values[0]) == number and "/" in c.values[0] and c.values[0].split("/")[1] not in ("0", "1")]
        if prefixes and dice.chance(0.8):
            length = ipaddress.ip_network(prefixes[0].values[0]).prefixlen
            new = ipaddress.ip_network(f"{'198.51.100.0' if number == 4 else '2001:db8:1::'}/{length}", strict=False)
            detail["address"], detail["prefix"] = str(new.network_address), length
        elif dice.chance(0.15):
            # Of several the kernel takes any, the same for the same connection; for both hosts.
            detail["last"] = str(ipaddress.ip_address(detail["address"]) + 1)
    if has_ports(plain) and "prefix" not in detail and verb != "masquerade" and dice.chance(0.6):
        detail["port"] = dice.pick([(80, 80), (2121, 2121), (8080, 8080)] + ([(2121, 2125)] if verb != "snat" else []))
    if verb == "redirect" and "port" not in detail:
        return replace(plain, verb="drop")
    if verb == "redirect" and plain.direction == "in" and dice.chance(0.4):
        # What a translated packet is asked again for.
        asked = tuple(c for c in plain.conditions if c.kind not in ("status", "original-dport"))
        return replace(plain, conditions=asked, detail=detail | {"accepted": True})
    return replace(plain, detail=detail)


def program(dice):
    made = Program([rule(dice) for _ in range(dice.pick([1, 1, 2, 3, 4]))])
    marked = [r for r in made.rules if r.all("mark")]
    if marked and dice.chance(0.7):
        # Packets come without a mark: some bits that are asked for, and one that is not.
        made.rules.insert(0, Rule("mark", marked[0].direction, (), {"mark": dice.pick([(1, None), (17, None), (33, None)])}))
    for direction in ("in", "out", "forward"):
        if dice.chance(0.25) or direction == "in" and any("accepted" in r.detail for r in made.rules):
            made.policies[direction] = "drop"
    if any(r.verb in ("jump", "goto") for r in made.rules):
        for _ in range(dice.number(1, 3)):
            asked = tuple(c for c in conditions(dice, None) if c.kind not in ("input", "output"))
            made.chain.append(Rule(dice.pick(["accept", "drop", "return", "count"]), None, asked))
    # A named set in the place of a list, now and then.
    for index, r in enumerate(made.rules):
        for place, c in enumerate(r.conditions):
            if c.kind in ("dport", "saddr") and "prefix" not in r.detail and dice.chance(0.15):
                name = f"s{len(made.sets)}"
                made.sets[name] = c
                changed = replace(c, kind=f"{c.kind}-set", values=(name,))
                r = replace(r, conditions=r.conditions[:place] + (changed,) + r.conditions[place + 1:])
        made.rules[index] = r
    return made


# Packets


def aimed(dice, rule, sets, packet, link):
    """The packet with what a rule asks for, where it can have that; a condition or another is missed on purpose."""
    for c in rule.conditions:
        if c.kind.endswith("-set"):
            c = replace(sets[c.values[0]], negated=c.negated)
        if dice.chance(0.1) or c.negated and c.kind != "input":
            continue
        own = [text for text in c.values if c.kind in ("saddr", "daddr") and family(text) == packet.version]
        if c.kind == "saddr" and own:
            packet = replace(packet, source=one_of(dice, own, packet.source))
        elif c.kind == "daddr" and own:
            packet = replace(packet, destination=one_of(dice, own, packet.destination))
        elif c.kind == "proto":
            numbers = [PROTOCOLS[name] for name in c.values if PROTOCOLS[name] != (ICMPV6 if packet.version == 4 else ICMP)]
            if numbers and packet.protocol not in numbers:
                packet = replace(packet, protocol=dice.pick(numbers))
        elif c.kind in ("sport", "dport", "original-dport"):
            packet = replace(packet, **{c.kind[-5:]: dice.number(*dice.pick(c.values))})
        elif c.kind == "icmp" and (c.values[0] == "icmp") == (packet.version == 4):
            number = PROTOCOLS[c.values[0]]
            packet = replace(packet, protocol=number, icmp_type=ICMP_NUMBERS[number][dice.pick(c.values[1])])
        elif c.kind == "flags" and c.values[0] in ("exact", "all"):
            names = c.values[1] if c.values[0] == "exact" else c.values[2]
            packet = replace(packet, flags=sum(FLAGS[name] for name in names))
        elif c.kind == "flags" and c.values[0] in ("none", "not-exact"):
            # Some of the flags that are looked at, and often none of them.
            own = sum(FLAGS[name] for name in c.values[2] if dice.chance(0.4))
            packet = replace(packet, flags=own | (sum(FLAGS.values()) & ~sum(FLAGS[name] for name in c.values[2]) & dice.number(0, 63)))
        elif c.kind == "input":
            fitting = [n for n in ("eth0", "eth1") if (n in c.values or "eth*" in c.values) != c.negated]
            link = dice.pick(fitting) if fitting else link
    return packet, link


def one_of(dice, texts, old):
    """An address out of a list; the old one where the list has it, since that one is on the right link."""
    text = dice.pick(texts)
    if "-" in text:
        low, high = map(ipaddress.ip_address, text.split("-"))
    else:
        network = ipaddress.ip_network(text)
        low, high = network[0], network[-1]
    if low <= ipaddress.ip_address(old) <= high:
        return old
    near = [a for a in ADDRESSES[low.version] if low <= ipaddress.ip_address(a) <= high]
    # Of the others only such as are on no link: who is not there would be looked for.
    other = low + dice.number(0, min(int(high) - int(low), 200))
    return dice.pick(near) if near else old if any(other in network for network in ON_LINK) else str(other)


def packets(dice, made):
    """(how, link, packet): packets at random, and such as have the values of the rules and those beside them."""
    found = []
    interesting = {"address": {4: list(ADDRESSES[4]), 6: list(ADDRESSES[6])}, "port": [22, 25, 53, 80, 443, 1500, 40000, 2121, 8080]}
    flags = [2, 2, 2, 16, 18, 17, 4, 24, 0, 41, 3]
    for _ in range(dice.number(20, 28)):
        number = dice.pick([4, 4, 6])
        aim = dice.pick(made.rules) if dice.chance(0.85) else None
        how = (aim.direction if aim else None) or dice.pick(["in", "out", "forward"])
        own = {"eth0": ADDRESSES[number][0], "eth1": ADDRESSES[number][4 if number == 4 else 3]}
        near = {"eth0": ADDRESSES[number][1:3], "eth1": ADDRESSES[number][5:7] if number == 4 else ADDRESSES[number][4:6]}
        link = dice.pick(["eth0", "eth1"])
        other = "eth1" if link == "eth0" else "eth0"
        source = dice.pick(near[link])
        destination = {"in": own[link], "out": dice.pick(near[link]), "forward": dice.pick(near[other])}[how]
        if how == "out":
            source = own[link]
        elif dice.chance(0.1):
            destination = dice.pick(interesting["address"][number])
        protocol = dice.pick([TCP, TCP, TCP, UDP, UDP, ICMP if number == 4 else ICMPV6, 47, 132])
        kinds = ICMP_NUMBERS[ICMP if number == 4 else ICMPV6]
        packet = Packet(
            source, destination, protocol, dice.pick([40000, 40001, 53, 1024, 80]) if protocol in (TCP, UDP) else dice.number(1, 9),
            dice.pick(interesting["port"]), flags=dice.pick(flags), icmp_type=dice.pick([8 if number == 4 else 128] + list(kinds.values())),
        )
        if aim:
            packet, link = aimed(dice, aim, made.sets, packet, link)
        found.append((how, link, packet))
    if any(r.all("limit") for r in made.rules):
        found += [dice.pick(found)] * 6
    return found
