"""The same intent in the words of Weir, of nft and of iptables; each is written from the intent alone."""

import ipaddress
from dataclasses import replace

from intents import ICMP_NUMBERS, PROTOCOLS, Condition, Rule, families_of, families_of_rule, family


class NoWords(Exception):
    """The tool cannot say it."""


def range_text(low, high, separator="-"):
    return str(low) if low == high else f"{low}{separator}{high}"


def braces(values):
    values = list(values)
    return values[0] if len(values) == 1 else "{ " + ", ".join(values) + " }"


# Weir


def weir(program, dice):
    """The rule file; the dice choose between words that mean the same."""
    lines = []
    for name, c in program.sets.items():
        kind, values = ("port", [range_text(*p) for p in c.values]) if c.kind == "dport" else ("prefix", c.values)
        lines.append(f"set {name}: {kind} {{ {', '.join(values)} }}")
    lines += [f"policy {direction} {policy}" for direction, policy in program.policies.items()]
    if program.chain:
        lines += ["chain sub {"] + [f"    {weir_rule(r, dice)}" for r in program.chain] + ["}"]
    return "\n".join(lines + [weir_rule(r, dice) for r in program.rules]) + "\n"


def weir_rule(r, dice):
    verb = {"mark": "set mark " + mark_text(r.detail.get("mark")), "jump": "jump sub", "goto": "goto sub"}.get(r.verb, r.verb)
    matches = [weir_condition(c, r, dice) for c in r.conditions]
    dice.random.shuffle(matches)
    # What a block says is said of each rule in it.
    outer = matches[:dice.number(1, len(matches))] if matches and r.direction and dice.chance(0.25) else []
    words = [verb] + ([r.direction] if r.direction and not outer else []) + matches[len(outer):]
    if r.verb == "reject" and r.detail["with"] != "port-unreachable":
        answer = r.detail["with"]
        words.append("with tcp reset" if answer == "reset" else f"with icmpx {answer}")
    if "address" in r.detail or "port" in r.detail:
        address = target_text(r)
        if "port" in r.detail:
            address = (f"[{address}]" if ":" in address else address) + f":{range_text(*r.detail['port'])}"
        words.append("to " + address)
    if "accepted" in r.detail:
        words.append("and accept")
    return " ".join([r.direction] + outer + ["{"] + words + ["}"]) if outer else " ".join(words)


def target_text(r):
    """The new address, addresses or prefix."""
    text = r.detail.get("address", "")
    if "last" in r.detail:
        return f"{text}-{r.detail['last']}"
    return f"{text}/{r.detail['prefix']}" if "prefix" in r.detail else text


def mark_text(mark):
    if mark is None:
        return ""
    return hex(mark[0]) if mark[1] is None else f"{hex(mark[0])}/{hex(mark[1])}"


def weir_condition(c, r, dice):
    no = "! " if c.negated else ""
    if c.kind in ("input", "output"):
        word = "on" if r.direction in ("in", "out") else {"input": "from", "output": "to"}[c.kind]
        return f"{word} {no}{braces(c.values)}"
    if c.kind == "family":
        return "ip" if c.values[0] == 4 else "ip6"
    if c.kind in ("saddr", "daddr"):
        return f"{c.kind} {no}{braces(c.values)}"
    if c.kind.endswith("-set"):
        return f"{c.kind[:-4]} {no}@{c.values[0]}"
    if c.kind == "proto":
        plain = len(c.values) == 1 and not c.negated and c.values[0] != "gre"
        word = plain and (c.values[0].startswith("icmp") or dice.chance(0.7))
        return c.values[0] if word else f"proto {no}{braces(c.values)}"
    if c.kind in ("sport", "dport", "original-dport"):
        word = "ct original dport" if c.kind == "original-dport" else c.kind
        return f"{word} {no}{braces(range_text(*p) for p in c.values)}"
    if c.kind == "status":
        return f"ct status {no}{c.values[0]}"
    if c.kind == "flags":
        how, flags, mask = c.values
        names, all_names = ",".join(flags) or "0", ",".join(mask)
        return "flags " + {
            "one": no + all_names, "none": f"! {{ {', '.join(mask)} }}", "exact": f"{names} / {all_names}",
            "not-exact": f"! {names} / {all_names}", "all": f"{all_names} / {all_names}", "any": f"! 0 / {all_names}",
        }[how]
    if c.kind == "icmp":
        return f"{c.values[0]} type {no}{braces(c.values[1])}"
    if c.kind == "state":
        return f"ct state {no}{','.join(c.values)}"
    if c.kind == "mark":
        return f"mark {no}{mark_text(c.values[0])}"
    if c.kind == "limit":
        rate, period, burst = c.values
        return f"limit {'over ' if c.negated else ''}{rate}/{period} burst {burst}"
    raise AssertionError(c)


# nft

NFT_CHAINS = {
    "input": ("filter", "input", "filter"), "forward": ("filter", "forward", "filter"), "output": ("filter", "output", "filter"),
    "pre-nat": ("nat", "prerouting", "dstnat"), "out-nat": ("nat", "output", "-100"), "post-nat": ("nat", "postrouting", "srcnat"),
    "pre-mangle": ("filter", "prerouting", "mangle"), "fwd-mangle": ("filter", "forward", "mangle"),
    "out-mangle": ("route", "output", "mangle"), "pre-raw": ("filter", "prerouting", "raw"), "out-raw": ("filter", "output", "raw"),
}


def place(r):
    """Where the rule stands, in the names of the nft table of this program."""
    if r.verb in ("redirect", "dnat"):
        return {"in": "pre-nat", "out": "out-nat"}[r.direction]
    if r.verb in ("snat", "masquerade"):
        return "post-nat"
    if r.verb == "mark":
        return {"in": "pre-mangle", "out": "out-mangle", "forward": "fwd-mangle"}[r.direction]
    if r.verb == "notrack":
        return {"in": "pre-raw", "out": "out-raw"}[r.direction]
    return {"in": "input", "out": "output", "forward": "forward"}[r.direction]


def nft(program):
    chains = {}
    for r in program.rules:
        chains.setdefault(place(r), []).extend(nft_rules(r, program))
        if "accepted" in r.detail:
            chains.setdefault("input", []).extend(nft_rules(accepting(r), program))
    for direction in program.policies:
        chains.setdefault({"in": "input", "out": "output", "forward": "forward"}[direction], [])
    text = ["table inet peer {"]
    for name, c in program.sets.items():
        for number in ([0] if c.kind == "dport" else (4, 6)):
            kind = {0: "inet_service", 4: "ipv4_addr", 6: "ipv6_addr"}[number]
            values = [range_text(*p) for p in c.values] if not number else [a for a in c.values if family(a) == number]
            members = f" elements = {{ {', '.join(values)} }};" if values else ""
            text.append(f"set {name}_{number} {{ type {kind}; flags interval; auto-merge;{members} }}")
    if program.chain:
        text += ["chain sub {"] + [line for r in program.chain for line in nft_rules(r, program)] + ["}"]
    for name, lines in chains.items():
        kind, hook, priority = NFT_CHAINS[name]
        policy = program.policies.get({"input": "in", "output": "out", "forward": "forward"}.get(name), "accept")
        text += [f"chain {name} {{", f"type {kind} hook {hook} priority {priority}; policy {policy};"] + lines + ["}"]
    return "\n".join(text + ["}"]) + "\n"


def accepting(r):
    """The rule that lets in what a redirection has translated, and nothing else."""
    asked = tuple(replace(c, kind={"dport": "original-dport", "dport-set": "original-dport-set", "daddr": "original-daddr"}.get(c.kind, c.kind))
                  for c in r.conditions)
    return Rule("accept", "in", asked + (Condition("dport", (r.detail["port"],)), Condition("status", ("dnat",))))


def nft_rules(r, program):
    """One rule, or one for each family where addresses are asked for; in each those of its family alone."""
    kinds = [program.sets[c.values[0]].kind if c.kind.endswith("-set") else c.kind for c in r.conditions]
    split = any(kind in ("saddr", "daddr", "original-daddr") for kind in kinds)
    rules = []
    for number in sorted(nft_families(r, program)) if split or "address" in r.detail else [None]:
        words = []
        if number and not any(kind in ("saddr", "daddr") for kind in kinds):
            words.append(f"meta nfproto ipv{number}")
        # A rate is used up by every packet that gets to it; what ports are is told by the protocol.
        for c in sorted(r.conditions, key=lambda c: (c.kind == "limit") - (c.kind == "proto")):
            words.append(nft_condition(c, number, program))
        rules.append(" ".join(word for word in words + [nft_action(r, number)] if word))
    return rules


def nft_families(r, program):
    families = families_of_rule(r)
    for c in r.conditions:
        if c.kind == "saddr-set":
            families &= families_of(program.sets[c.values[0]])
    return families


def nft_action(r, number):
    address, port = r.detail.get("address"), r.detail.get("port")
    target = ""
    if address or port:
        ends = [address or "", *([r.detail["last"]] if "last" in r.detail else [])]
        bracketed = "-".join(f"[{end}]" if ":" in end and port else end for end in ends)
        target = f" to {bracketed}" + (f"/{r.detail['prefix']}" if "prefix" in r.detail else "") + (f":{range_text(*port)}" if port else "")
    kind = f" ip{'6' if number == 6 else ''}" + (" prefix" if "prefix" in r.detail else "") if address else ""
    if r.verb == "reject":
        answer = r.detail["with"]
        return "reject with tcp reset" if answer == "reset" else f"reject with icmpx type {answer}"
    if r.verb == "mark":
        value, mask = r.detail["mark"]
        return f"meta mark set {value}" if mask is None else f"meta mark set meta mark & {hex(~mask & 0xFFFFFFFF)} | {value}"
    return {
        "count": "counter", "jump": "jump sub", "goto": "goto sub", "dnat": f"dnat{kind}{target}", "snat": f"snat{kind}{target}",
        "redirect": f"redirect{target}", "masquerade": "masquerade",
    }.get(r.verb, r.verb)


def nft_condition(c, number, program):
    no = "!= " if c.negated else ""
    if c.kind in ("input", "output"):
        return f"{'i' if c.kind == 'input' else 'o'}ifname {no}" + braces(f'"{name}"' for name in c.values)
    if c.kind == "family":
        return f"meta nfproto ipv{c.values[0]}"
    if c.kind in ("saddr", "daddr"):
        return f"ip{'6' if number == 6 else ''} {c.kind} {no}" + braces(a for a in merged(c.values) if family(a) == number)
    if c.kind == "original-daddr":
        return f"ct original ip{'6' if number == 6 else ''} daddr {no}" + braces(a for a in merged(c.values) if family(a) == number)
    if c.kind in ("original-dport", "original-dport-set"):
        values = program.sets[c.values[0]].values if c.kind.endswith("-set") else c.values
        return f"ct original proto-dst {no}" + braces(range_text(*p) for p in merged_ports(values))
    if c.kind == "status":
        return f"ct status {'! ' if c.negated else ''}{c.values[0]}"
    if c.kind == "saddr-set":
        return f"ip{'6' if number == 6 else ''} saddr {no}@{c.values[0]}_{number}"
    if c.kind == "dport-set":
        return f"th dport {no}@{c.values[0]}_0"
    if c.kind == "proto" and families_of(c) != {4, 6}:
        return f"meta nfproto ipv{max(families_of(c))} meta l4proto {PROTOCOLS[c.values[0]]}"
    if c.kind == "proto":
        return f"meta l4proto {no}" + braces(str(PROTOCOLS[name]) for name in c.values)
    if c.kind in ("sport", "dport"):
        values = [range_text(*p) for p in merged_ports(c.values)]
        # Of two single ports that are both shut out nft 1.0.6 makes one condition, which holds if one of them is another: a range is left alone.
        return f"th {c.kind} {no}" + (f"{values[0]}-{values[0]}" if c.negated and values[0].isdigit() and len(values) == 1 else braces(values))
    if c.kind == "flags":
        how, flags, mask = c.values
        bits, exact = "|".join(mask), "|".join(flags) or "0x0"
        return f"tcp flags & ({bits}) " + {
            "one": "== 0x0" if c.negated else "!= 0x0", "none": "== 0x0", "exact": f"== {exact}", "not-exact": f"!= {exact}",
            "all": f"== {bits}", "any": "!= 0x0",
        }[how]
    if c.kind == "icmp":
        numbers = ICMP_NUMBERS[PROTOCOLS[c.values[0]]]
        return f"{c.values[0]} type {no}" + braces(str(numbers[name]) for name in c.values[1])
    if c.kind == "state":
        return f"ct state {no}" + braces(c.values)
    if c.kind == "mark":
        value, mask = c.values[0]
        return f"meta mark{'' if mask is None else f' & {mask}'} {no or '== '}{value}"
    if c.kind == "limit":
        rate, period, burst = c.values
        return f"limit rate {'over ' if c.negated else ''}{rate}/{period} burst {burst} packets"
    raise AssertionError(c)


def merged(texts):
    """What covers another range makes it superfluous: nft refuses lists that overlap."""
    bounds = {text: bound(text) for text in texts}
    kept = [t for t in texts if not any(o != t and covers(bounds[o], bounds[t], o < t) for o in texts)]
    return [t for t in kept if not any(o != t and bounds[o][0] < bounds[t][0] <= bounds[o][1] for o in kept)] if overlap_free(
        kept, bounds) else parts(kept, bounds)


def bound(text):
    if "-" in text:
        low, high = map(ipaddress.ip_address, text.split("-"))
    elif "/" in text:
        network = ipaddress.ip_network(text)
        low, high = network[0], network[-1]
    else:
        low = high = ipaddress.ip_address(text)
    return (low.version, int(low)), (high.version, int(high))


def covers(outer, inner, first):
    return outer[0] <= inner[0] and inner[1] <= outer[1] and (outer != inner or first)


def overlap_free(texts, bounds):
    ordered = sorted(bounds[t] for t in texts)
    return all(a[1] < b[0] for a, b in zip(ordered, ordered[1:]))


def parts(texts, bounds):
    """The union as ranges that do not touch."""
    result = []
    for low, high in sorted(bounds[t] for t in texts):
        if result and low <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    kinds = {4: ipaddress.IPv4Address, 6: ipaddress.IPv6Address}
    return [range_text(kinds[low[0]](low[1]), kinds[high[0]](high[1])) for low, high in result]


def merged_ports(values):
    result = []
    for low, high in sorted(values):
        if result and low <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    return result


# iptables

IPTABLES_PLACES = {
    "input": ("filter", "INPUT"), "forward": ("filter", "FORWARD"), "output": ("filter", "OUTPUT"), "pre-nat": ("nat", "PREROUTING"),
    "out-nat": ("nat", "OUTPUT"), "post-nat": ("nat", "POSTROUTING"), "pre-mangle": ("mangle", "PREROUTING"),
    "fwd-mangle": ("mangle", "FORWARD"), "out-mangle": ("mangle", "OUTPUT"), "pre-raw": ("raw", "PREROUTING"), "out-raw": ("raw", "OUTPUT"),
}


def iptables(program, number):
    """The text for iptables-restore (4) or ip6tables-restore (6)."""
    if program.sets:
        raise NoWords("sets")
    tables = {}
    for direction in program.policies:
        tables.setdefault("filter", [])
    for r in program.rules:
        for one in [r] + ([accepting(r)] if "accepted" in r.detail else []):
            table, chain = IPTABLES_PLACES[place(one)]
            tables.setdefault(table, []).extend(iptables_rules(one, chain, number))
    for r in program.chain:
        tables.setdefault("filter", []).extend(iptables_rules(r, "sub", number))
    text = []
    for table, lines in tables.items():
        text.append(f"*{table}")
        if table == "filter":
            names = {"in": "INPUT", "out": "OUTPUT", "forward": "FORWARD"}
            text += [f":{names[d]} {p.upper()} [0:0]" for d, p in program.policies.items()]
            if program.chain:
                text.append(":sub - [0:0]")
        text += lines + ["COMMIT"]
    return "\n".join(text) + "\n"


def iptables_rules(r, chain, number):
    if number not in families_of_rule(r):
        return []
    lines = [[]]
    rate = []
    for c in r.conditions:
        if c.kind == "limit":
            if c.negated:
                raise NoWords("limit over")
            rate = ["-m", "limit", "--limit", f"{c.values[0]}/{c.values[1]}", "--limit-burst", str(c.values[2])]
            continue
        if c.kind == "proto" and not c.negated:
            lines = [line + ["-p", str(PROTOCOLS[name])] for line in lines for name in c.values]
            continue
        lines = [line + more for line in lines for more in iptables_condition(c, number)]
        if len(lines) > 200:
            raise NoWords("too many rules")
    if rate and (len(lines) > 1 or families_of_rule(r) == {4, 6}):
        # Each rule, and each family, would have a rate of its own.
        raise NoWords("one rate for several rules")
    return [" ".join(["-A", chain] + ported(line) + rate + iptables_target(r, number)) for line in lines]


def ported(line):
    """Ports are asked for behind `-p`, whatever came first."""
    options = [i for i, word in enumerate(line) if word == "-p"]
    if not options or options[-1] == 0:
        return line
    at = options[-1]
    if at and line[at - 1] == "!":
        at -= 1
        return line[at:at + 3] + line[:at] + line[at + 3:]
    return line[at:at + 2] + line[:at] + line[at + 2:]


def iptables_condition(c, number):
    no = ["!"] if c.negated else []

    def every(option, values):
        """Any of the values is a rule each; none of them is all in one rule."""
        if not c.negated:
            return [[*option, value] for value in values]
        if len(values) > 1:
            raise NoWords("several values that are negated")
        return [no + [*option, values[0]]]

    if c.kind in ("input", "output"):
        return every(["-i" if c.kind == "input" else "-o"], [name.replace("*", "+") for name in c.values])
    if c.kind == "family":
        return [[]] if c.values[0] == number else []
    if c.kind == "original-daddr":
        own = [a for a in merged(c.values) if family(a) == number]
        if any("-" in a for a in own):
            raise NoWords("ranges of original addresses")
        return [["-m", "conntrack"] + rest for rest in every(["--ctorigdst"], own)]
    if c.kind == "original-dport":
        return [["-m", "conntrack"] + rest for rest in every(["--ctorigdstport"], [range_text(*p, ":") for p in merged_ports(c.values)])]
    if c.kind == "status":
        if c.values[0] == "dnat":
            return [["-m", "conntrack"] + no + ["--ctstate", "DNAT"]]
        return [["-m", "conntrack"] + no + ["--ctstatus", "SEEN_REPLY"]]
    if c.kind in ("saddr", "daddr"):
        own = [a for a in merged(c.values) if family(a) == number]
        plain = [a for a in own if "-" not in a]
        ranges = [a for a in own if "-" in a]
        if c.negated and len(own) > 1:
            raise NoWords("several addresses that are negated")
        found = every(["-s" if c.kind == "saddr" else "-d"], plain) if plain else []
        option = "--src-range" if c.kind == "saddr" else "--dst-range"
        return found + [["-m", "iprange"] + no + [option, a] for a in ranges]
    if c.kind == "proto":
        return every(["-p"], [str(PROTOCOLS[name]) for name in c.values])
    if c.kind in ("sport", "dport"):
        values = ",".join(range_text(*p, ":") for p in merged_ports(c.values))
        return [["-m", "multiport"] + no + [f"--{c.kind}s", values]]
    if c.kind == "flags":
        how, flags, mask = c.values
        bits, exact = ",".join(mask).upper(), ",".join(flags).upper() or "NONE"
        return [["-m", "tcp"] + {
            "one": no + ["--tcp-flags", bits, bits], "none": ["--tcp-flags", bits, "NONE"], "exact": ["--tcp-flags", bits, exact],
            "not-exact": ["!", "--tcp-flags", bits, exact], "all": ["--tcp-flags", bits, bits],
            "any": ["!", "--tcp-flags", bits, "NONE"],
        }[how]]
    if c.kind == "icmp":
        protocol = PROTOCOLS[c.values[0]]
        option = "--icmp-type" if number == 4 else "--icmpv6-type"
        kinds = [str(ICMP_NUMBERS[protocol][name]) for name in c.values[1]]
        return [["-p", str(protocol), "-m", "icmp" if number == 4 else "icmp6"] + rest for rest in every([option], kinds)]
    if c.kind == "state":
        return [["-m", "conntrack"] + no + ["--ctstate", ",".join(c.values).upper()]]
    if c.kind == "mark":
        return [["-m", "mark"] + no + ["--mark", mark_text(c.values[0])]]
    raise AssertionError(c)


def iptables_target(r, number):
    address, port = r.detail.get("address"), r.detail.get("port")
    if r.verb == "reject":
        answer = r.detail["with"]
        four = {"port-unreachable": "icmp-port-unreachable", "admin-prohibited": "icmp-admin-prohibited", "no-route": "icmp-net-unreachable",
                "host-unreachable": "icmp-host-unreachable", "reset": "tcp-reset"}
        six = {"port-unreachable": "icmp6-port-unreachable", "admin-prohibited": "icmp6-adm-prohibited", "no-route": "icmp6-no-route",
               "host-unreachable": "icmp6-addr-unreachable", "reset": "tcp-reset"}
        return ["-j", "REJECT", "--reject-with", (four if number == 4 else six)[answer]]
    if r.verb == "mark":
        value, mask = r.detail["mark"]
        return ["-j", "MARK", "--set-xmark", f"{hex(value)}/{hex(0xFFFFFFFF if mask is None else mask)}"]
    if "prefix" in r.detail:
        return ["-j", "NETMAP", "--to", f"{address}/{r.detail['prefix']}"]
    if r.verb in ("dnat", "snat"):
        text = target_text(r)
        if port:
            text = (f"[{text}]" if number == 6 else text) + f":{range_text(*port)}"
        return ["-j", r.verb.upper(), "--to-destination" if r.verb == "dnat" else "--to-source", text]
    return {
        "accept": ["-j", "ACCEPT"], "drop": ["-j", "DROP"], "return": ["-j", "RETURN"], "count": [], "jump": ["-j", "sub"],
        "goto": ["-g", "sub"], "redirect": ["-j", "REDIRECT", "--to-ports", range_text(*port) if port else ""], "masquerade": ["-j", "MASQUERADE"],
        "notrack": ["-j", "CT", "--notrack"],
    }[r.verb]
