#!/usr/bin/env python3
"""Runs the suite on other kernels, one after the other, and prints what held.

kernels.py WEIR [--kernels V,...] [--groups G,...] [--write FILE]

What was run on one of those kernels gets its cells in the table of FILE, between its marks. Needed are only packages, which are unpacked and
not installed (run.sh).
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# The oldest that a supported release of Debian has, one of each long-term release after it, the first and the last of the one in which
# something changed, and the newest there is.
KERNELS = ["5.10", "6.1", "6.12-first", "6.12", "newest"]
TITLES = {
    "language": "examples of the language reference and rule files, routes and settings among them",
    "traffic": "rules of the tests with packets",
    "confirm": "`--confirm`: expiry, too late, in time; `rollback`",
    "kill": "SIGKILL during `apply`, then `recover`",
    "boot": "`restore` after a boot",
    "sets": "sets of 8,000 members: load, change, back",
    "split": "packets from members of a set while it changes",
}


def read(name, lines, groups):
    """Reads what the suite says. Returns the kernel's version, for each group a list of (what, why it failed or None), and the figures."""
    version = name
    results = {group: [] for group in groups}
    done, figures = set(), {}
    for line in lines:
        line = line.rstrip("\r\n")
        print(f"{name}: {line}", flush=True)
        if match := re.match(r"kernel (\S+)", line):
            version = match[1]
        elif match := re.match(r"ok (\w+): (.*)", line):
            results[match[1]].append((match[2], None))
        elif match := re.match(r"NOT OK (\w+): (.*)", line):
            results[match[1]].append((match[2], match[2]))
        elif match := re.match(r"done (\w+): ", line):
            done.add(match[1])
        elif match := re.match(r"figure (\w+): (.*)", line):
            figures.setdefault(match[1], []).append(match[2])
    for group in groups:
        if group not in done:
            results[group].append(("the whole group", "it did not come to its end"))
        elif not results[group]:
            results[group].append(("the whole group", "nothing was tried"))
    return version, results, figures


def run(name, groups, weir):
    command = [HERE / "run.sh", name, HERE / "suite.py", *groups]
    environment = dict(os.environ, WEIR=weir, TIMEOUT=os.environ.get("TIMEOUT", "7200"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        return read(name, process.stdout, groups)


def cell(found, figures):
    failed = [what for what, why in found if why is not None]
    text = f"{len(found)} of {len(found)}" if not failed else f"**{len(failed)} of {len(found)} fail**"
    return "; ".join([text, *figures])


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def write(path, name, version, results, figures):
    """Puts the column of a kernel into the table of a file."""
    before, rest = path.read_text().split("<!-- kernels -->\n")
    text, after = rest.split("<!-- /kernels -->\n")
    rows = [cells(line) for line in text.splitlines()]
    column = 1 + KERNELS.index(name)
    rows[0][column] = version
    for row in rows[2:]:
        group = next(group for group, title in TITLES.items() if title == row[0])
        if group in results:
            row[column] = cell(results[group], figures.get(group, []))
    table = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    path.write_text(f"{before}<!-- kernels -->\n{table}<!-- /kernels -->\n{after}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--kernels", default=",".join(KERNELS))
    parser.add_argument("--groups")
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    everything = subprocess.run([HERE / "suite.py", "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    groups = options.groups.split(",") if options.groups else everything
    failures = []
    for name in options.kernels.split(","):
        version, results, figures = run(name, groups, options.weir)
        if options.write and name in KERNELS:
            write(options.write, name, version, results, figures)
        for group, found in results.items():
            print(f"{version}: {TITLES[group]}: {cell(found, figures.get(group, []))}")
            failures += [f"{version}: {group}: {why}" for _, why in found if why is not None]
    print("\n".join(failures))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
