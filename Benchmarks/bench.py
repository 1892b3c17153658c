#!/usr/bin/env python3
"""Time and memory of Weir beside nft and ip, in one run: bench.py WEIR [--rounds N] [--sizes 1000,10000,100000] [--only WORD]

Every case runs in a network namespace of its own, Weir and the other program in turn, and the medians are printed with the
ratio Weir / other. CPU is user plus system time of the process, memory its peak resident set (wait4). With `--beside OTHER`,
another build of Weir, the same is measured of both builds instead: before and after a change.
"""

import argparse
import ctypes
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

CLONE_NEWNET = 0x40000000
RULES_PER_CHAIN = 500


class Usage:
    """What one process cost."""

    def __init__(self, wall, user, system, peak):
        self.wall, self.cpu, self.user, self.peak = wall, user + system, user, peak


def run(command, allowed=(0,)):
    """Runs a command without a shell and says what it cost; its failure is this program's."""
    log = tempfile.TemporaryFile()
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        log.seek(0)
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{log.read(2000).decode(errors='replace')}")
    return Usage(wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss)


def in_namespace(body):
    """Runs a function in a child process with a network namespace of its own and gives back what it returns."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.unshare(CLONE_NEWNET) != 0:
                sys.exit("unshare: " + os.strerror(ctypes.get_errno()))
            result = body()
            with os.fdopen(writing, "w") as pipe:
                pipe.write(repr([[usage and vars(usage) for usage in row] for row in result]))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        sys.exit("a round failed")
    return eval(text, {"inf": float("inf")})


def rule(number, generator):
    """One of the shapes that real rule files are made of, all different."""
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    port = 1024 + number % 60000
    shapes = (
        f"accept saddr {address} tcp dport {port}",
        f"drop saddr {address} udp dport {port}",
        f"accept from eth{number % 8} saddr 172.{16 + number % 16}.{number >> 8 & 255}.0/24 tcp dport {port}",
        f"accept saddr {address} tcp dport {port} ct state new",
        f"drop saddr {address} udp sport {port} log \"n{number}: \"",
        f"reject daddr {address} tcp dport {port} with icmp host-unreachable",
    )
    return shapes[generator.randrange(len(shapes))]


def rule_file(count, changed=None):
    """A rule file of that many rules in chains of 500, optionally with one rule changed."""
    generator = random.Random(count)
    lines = ["policy in accept"]
    chains = -(-count // RULES_PER_CHAIN)
    for chain in range(chains):
        lines.append(f"chain c{chain} {{")
        for number in range(chain * RULES_PER_CHAIN, min(count, (chain + 1) * RULES_PER_CHAIN)):
            text = rule(number, generator)
            lines.append("    " + ("drop tcp dport 7" if number == changed else text))
        lines.append("}")
    lines += [f"jump c{chain} in" for chain in range(chains)]
    return "\n".join(lines) + "\n"


def set_file(count, changed=False):
    """A set of that many prefixes and one rule that looks packets up in it."""
    elements = "\n".join(f"    10.{number >> 15 & 255}.{number >> 7 & 255}.{(number & 127) * 2}/32,"
                         for number in range(count))
    extra = "    192.0.2.0/24,\n" if changed else ""
    return f"set blocked: prefix {{\n{extra}{elements}\n}}\ndrop in saddr @blocked\n"


def chain_file(count, changed=None):
    """As many rules in one chain."""
    lines = [f"accept in saddr 10.{number >> 8 & 255}.{number & 255}.0/24 tcp dport {1024 + number % 60000}"
             for number in range(count)]
    if changed is not None:
        lines[changed] = "drop in tcp dport 7"
    return "policy in accept\n" + "\n".join(lines) + "\n"


def address_file(count, changed=False):
    """A set of that many addresses and one rule that looks packets up in it."""
    elements = "\n".join(f"    10.{number >> 16}.{number >> 8 & 255}.{number & 255}," for number in range(count))
    extra = "    192.0.2.7,\n" if changed else ""
    return f"set blocked: address {{\n{extra}{elements}\n}}\ndrop in saddr @blocked\n"


def route_file(count, changed=None):
    """As many routes to single hosts."""
    return "".join(f"route 10.{number >> 16}.{number >> 8 & 255}.{number & 255}/32 dev lo"
                   + (" metric 7" if number == changed else "") + "\n" for number in range(count))


def weir_steps(weir, work, first, changed):
    """What Weir does with two files, a step each."""
    state = tempfile.mkdtemp(dir=work)
    own = ["--state-dir", state]
    apply = [weir, "apply", "--yes"] + own
    steps = [run(apply + [first]), run(apply + [first]), run([weir, "plan"] + own + [first]), run([weir, "show"] + own),
             run([weir, "show", first]), run(apply + [changed]), run([weir, "history", "2"] + own)]
    # Another program has changed nf_tables: what was noted for the generation before does not count any more.
    subprocess.run(["nft", "add table inet another"], check=True)
    steps += [run([weir, "plan"] + own + [changed]), run([weir, "revert", "--yes"] + own)]
    shutil.rmtree(state)
    return steps


LABELS = ("first apply", "apply again", "plan", "show", "show FILE", "one change", "history N", "plan, foreign change", "revert")


class Case:
    """A pair of files, and what the other program does for each step."""

    def __init__(self, options, name, first, changed, kind="nft"):
        self.options, self.name, self.kind = options, name, kind
        stem = os.path.join(options.work, name.replace(" ", "-").replace(",", ""))
        self.paths = {variant: f"{stem}-{variant}.weir" for variant in ("first", "changed")}
        self.others = {variant: f"{stem}-{variant}.{kind}" for variant in ("first", "changed")}
        for variant, text in (("first", first), ("changed", changed)):
            with open(self.paths[variant], "w") as file:
                file.write(text)
        if options.beside:
            return
        emission = "nft" if kind == "nft" else "ip"
        for variant in ("first", "changed"):
            text = subprocess.run([options.weir, "emit", self.paths[variant], "--as", emission], stdout=subprocess.PIPE,
                                  check=True, text=True).stdout
            if kind == "ip":
                # Lines for `ip -batch`, replacing what is there already.
                text = "".join(re.sub(r"^ip route add", "route replace", line) + "\n"
                               for line in text.splitlines() if line.startswith("ip route add"))
            with open(self.others[variant], "w") as file:
                file.write(text)

    def prepare(self):
        if self.kind == "ip":
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

    def ours(self, weir):
        self.prepare()
        return [weir_steps(weir, self.options.work, self.paths["first"], self.paths["changed"])]

    def theirs(self):
        self.prepare()
        load = (lambda variant: run(["nft", "-f", self.others[variant]])) if self.kind == "nft" else (
            lambda variant: run(["ip", "-batch", self.others[variant]]))
        show = ["nft", "list", "ruleset"] if self.kind == "nft" else ["ip", "route", "show"]
        away = ["nft", "flush", "ruleset"] if self.kind == "nft" else ["ip", "route", "flush", "proto", "172"]
        first, again, listed = load("first"), load("first"), run(show)
        # Nothing of theirs is like `show FILE` and `history N`.
        return [[first, again, listed, listed, None, load("changed"), None, listed, run(away)]]

    def measure(self):
        samples = {"ours": [], "theirs": []}
        for _ in range(self.options.rounds):
            samples["ours"] += in_namespace(lambda: self.ours(self.options.weir))
            samples["theirs"] += in_namespace((lambda: self.ours(self.options.beside)) if self.options.beside else self.theirs)
        for step, label in enumerate(LABELS):
            report(f"{self.name}: {label}", *([row[step] for row in samples[tool]] for tool in ("ours", "theirs")))


def report(label, ours, theirs):
    """One line: medians of both and their ratio; without one where the other program has nothing like it."""
    middle = lambda rows, key: statistics.median(row[key] for row in rows)
    cells = []
    for key, scale, unit in (("wall", 1000, "ms"), ("cpu", 1000, "ms"), ("peak", 1 / 1024, "MB")):
        left = middle(ours, key) * scale
        if None in theirs:
            cells.append(f"{left:10.1f} {'-':>9} {unit} {'-':>6}")
            continue
        right = middle(theirs, key) * scale
        cells.append(f"{left:10.1f} {right:9.1f} {unit} {left / max(right, 1e-9):6.2f}")
    print(f"{label:38} | " + " | ".join(cells), flush=True)


def cases(options):
    """The cases, each made when it is its turn: the files are large."""
    for size in options.sizes:
        yield f"{size} rules", lambda size=size: (rule_file(size), rule_file(size, changed=size // 2))
    for size in options.sizes:
        yield f"{size} in a chain", lambda size=size: (chain_file(size), chain_file(size, changed=size // 2))
    for size in (100_000, 1_000_000):
        yield f"{size} addresses", lambda size=size: (address_file(size), address_file(size, changed=True))
    yield "100000 prefixes", lambda: (set_file(100_000), set_file(100_000, changed=True))
    for size in options.sizes:
        yield f"{size} routes", lambda size=size: (route_file(size), route_file(size, changed=size // 2))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weir")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=lambda text: [int(word) for word in text.split(",")], default=[1000, 10000, 100000])
    parser.add_argument("--only", default="", help="only cases whose name ends with this")
    parser.add_argument("--beside", help="another build of Weir, in place of nft and ip")
    options = parser.parse_args()
    options.weir = os.path.abspath(options.weir)
    if options.beside:
        options.beside = os.path.abspath(options.beside)
    other = "other" if options.beside else "nft, ip"
    heads = " | ".join(f"{name + ': weir':>10} {other:>9} {'':>2} {'ratio':>6}" for name in ("wall", "CPU", "peak"))
    print(f"{'':38} | {heads}")
    with tempfile.TemporaryDirectory() as options.work:
        starts = {tool: [vars(run([tool, "--version"])) for _ in range(options.rounds * 4)]
                  for tool in (options.weir, options.beside or "nft")}
        report("start (--version)", starts[options.weir], starts[options.beside or "nft"])
        for name, texts in cases(options):
            if name.endswith(options.only):
                Case(options, name, *texts(), kind="ip" if name.endswith("routes") else "nft").measure()


if __name__ == "__main__":
    main()
