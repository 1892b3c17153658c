#!/usr/bin/env python3
"""Runs the suite on other kernels, one after the other, and prints what held: kernels.py WEIR [--kernels V,...] [--groups G,...] [--write FILE]

The table goes into FILE between its marks, if all was run. Needed are only packages, which are unpacked and not installed (run.sh).
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


def run(version, groups, weir):
    """Returns the kernel's version, and for each group a list of (what, why it failed or None)."""
    command = [HERE / "run.sh", version, HERE / "suite.py", *groups]
    environment = dict(os.environ, WEIR=weir, TIMEOUT=os.environ.get("TIMEOUT", "7200"))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    results = {group: [] for group in groups}
    done, lines = set(), {}
    for line in process.stdout:
        line = line.rstrip("\r\n")
        print(f"{version}: {line}", flush=True)
        if match := re.match(r"kernel (\S+)", line):
            version = match[1]
        elif match := re.match(r"ok (\w+): (.*)", line):
            results[match[1]].append((match[2], None))
        elif match := re.match(r"NOT OK (\w+): (.*)", line):
            results[match[1]].append((match[2], match[2]))
        elif match := re.match(r"done (\w+): ", line):
            done.add(match[1])
        elif match := re.match(r"figure (\w+): (.*)", line):
            lines.setdefault(match[1], []).append(match[2])
    process.wait()
    for group in groups:
        if group not in done:
            results[group].append(("the whole group", "it did not come to its end"))
        elif not results[group]:
            results[group].append(("the whole group", "nothing was tried"))
    return version, results, lines


def cell(found, figures):
    failed = [what for what, why in found if why is not None]
    text = f"{len(found)} of {len(found)}" if not failed else f"**{len(failed)} of {len(found)} fail**"
    return "; ".join([text, *figures])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--kernels", default=",".join(KERNELS))
    parser.add_argument("--groups")
    parser.add_argument("--write")
    options = parser.parse_args()
    everything = subprocess.run([HERE / "suite.py", "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    groups = options.groups.split(",") if options.groups else everything
    columns = [run(version, groups, options.weir) for version in options.kernels.split(",")]
    header = ["", *(version for version, _, _ in columns)]
    rows = [[TITLES[group], *(cell(results[group], lines.get(group, [])) for _, results, lines in columns)] for group in groups]
    table = "\n".join("| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]) + "\n"
    failures = [
        f"- {version}: {group}: {why}" for version, results, _ in columns for group, found in results.items()
        for _, why in found if why is not None
    ]
    print(f"\n{table}\n" + "\n".join(failures))
    if options.write and options.kernels == ",".join(KERNELS) and groups == everything:
        path = pathlib.Path(options.write)
        before, rest = path.read_text().split("<!-- kernels -->\n")
        after = rest.split("<!-- /kernels -->\n")[1]
        path.write_text(f"{before}<!-- kernels -->\n{table}<!-- /kernels -->\n{after}")
    sys.exit(bool(failures))


main()
