#!/usr/bin/env python3
"""Time and memory of Weir beside nft, in one run: bench.py WEIR [--rounds N] [--sizes 1000,10000,100000]

Every case runs in a network namespace of its own, Weir and nft in turn, and the medians are printed with the ratio
Weir / nft. CPU is user plus system time of the process, memory its peak resident set (wait4).
"""

import argparse
import ctypes
import os
import random
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
                pipe.write(repr([[vars(usage) for usage in row] for row in result]))
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


def measure(weir, work, name, text, changed_text, rounds):
    """First apply, apply again, one change: Weir and nft in turn."""
    paths = {}
    for variant, content in (("first", text), ("changed", changed_text)):
        paths[variant] = os.path.join(work, f"{name}-{variant}.weir")
        with open(paths[variant], "w") as file:
            file.write(content)
        with open(os.path.join(work, f"{name}-{variant}.nft"), "w") as file:
            subprocess.run([weir, "emit", paths[variant], "--as", "nft"], stdout=file, check=True)

    def with_weir():
        state = tempfile.mkdtemp(dir=work)
        apply = [weir, "apply", "--yes", "--state-dir", state]
        result = [run(apply + [paths["first"]]), run(apply + [paths["first"]]),
                  run([weir, "plan", "--state-dir", state, paths["first"]]), run(apply + [paths["changed"]])]
        shutil.rmtree(state)
        return [result]

    def with_nft():
        load = lambda variant: run(["nft", "-f", os.path.join(work, f"{name}-{variant}.nft")])
        return [[load("first"), load("first"), run(["nft", "list", "ruleset"]), load("changed")]]

    samples = {"weir": [], "nft": []}
    for _ in range(rounds):
        samples["weir"] += in_namespace(with_weir)
        samples["nft"] += in_namespace(with_nft)
    for step, label in enumerate(("first apply", "apply again", "plan | list", "one change")):
        report(f"{name}: {label}", *([row[step] for row in samples[tool]] for tool in ("weir", "nft")))


def report(label, ours, theirs):
    """One line: medians of both and their ratio."""
    middle = lambda rows, key: statistics.median(row[key] for row in rows)
    cells = []
    for key, scale, unit in (("wall", 1000, "ms"), ("cpu", 1000, "ms"), ("peak", 1 / 1024, "MB")):
        left, right = middle(ours, key) * scale, middle(theirs, key) * scale
        cells.append(f"{left:9.1f} {right:9.1f} {unit} {left / max(right, 1e-9):6.2f}")
    print(f"{label:28} | " + " | ".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weir")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--set-size", type=int, default=100000)
    options = parser.parse_args()
    weir = os.path.abspath(options.weir)
    print(f"{'':28} | {'wall: weir':>9} {'nft':>8}    ratio | {'CPU: weir':>9} {'nft':>9}    ratio "
          f"| {'peak: weir':>9} {'nft':>8}    ratio")
    with tempfile.TemporaryDirectory() as work:
        starts = {tool: [vars(run([tool, "--version"])) for _ in range(options.rounds * 4)] for tool in (weir, "nft")}
        report("start (--version)", starts[weir], starts["nft"])
        for size in map(int, options.sizes.split(",")):
            measure(weir, work, f"{size} rules", rule_file(size), rule_file(size, changed=size // 2), options.rounds)
        measure(weir, work, f"set of {options.set_size}", set_file(options.set_size),
                set_file(options.set_size, changed=True), options.rounds)


if __name__ == "__main__":
    main()
