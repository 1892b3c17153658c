"""Gives the program files, hosts and state directories that are made to fill the memory or to take long, and prints what each takes.

measure.py PROGRAM [NAME...]: all inputs, or those that are named. A row ends with what is wrong with it: more than half a gibibyte, more
than 30 seconds, an end by a signal, a status that the program has no such reason for, or more on standard error than anybody reads.
Hosts are network namespaces: root is needed for them.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile

MEBIBYTE = 1 << 20
MOST_MEMORY = 512 * MEBIBYTE
MOST_SECONDS = 30
MOST_WORDS = MEBIBYTE


def addresses(count, step=2):
    return (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in range(0, count * step, step))


def lines(pattern, count):
    return (pattern % n for n in range(count))


def with_list(parts, kind="address", field="saddr"):
    """A rule file with one list."""

    def write(directory):
        put(f"{directory}/list", parts() if callable(parts) else parts)
        return [f'set s: {kind} from "list"\ndrop in {field} @s\n']

    return write


def many_lists(directory):
    for number in range(200):
        with open(f"{directory}/l{number}", "wb") as file:
            file.truncate(60 * MEBIBYTE)
    return (f'set s{n}: address from "l{n}"\n' for n in range(200))


def many_includes(directory):
    for number in range(1000):
        put(f"{directory}/f{number}.weir", ["# ", "x" * MEBIBYTE, "\n"])
    return lines('include "f%d.weir"\n', 1000)


def same_include(directory):
    put(f"{directory}/a.weir", ["accept in\n"])
    return ['include "a.weir"\n'] * 1_000_000


def deep_includes(directory):
    for number in range(100):
        put(f"{directory}/f{number}.weir", [f'include "f{number + 1}.weir"\n' * 1000])
    return ['include "f0.weir"\n']


def doubling():
    yield "let v0 = { 10.0.0.1, 10.0.0.3 }\n"
    for number in range(1, 64):
        yield f"let v{number} = {{ $v{number - 1}, $v{number - 1} }}\n"
    yield "drop in saddr $v63\n"


def copies():
    yield "let a = {" + ",".join(addresses(100_000)) + "}\n"
    yield from lines("let b%d = { $a }\n", 10_000)
    yield "drop in saddr { " + ", ".join(lines("$b%d", 10_000)) + " }\n"


def product():
    for side in ["saddr", "daddr"]:
        yield ("drop in " if side == "saddr" else " ") + side + " {" + ",".join(addresses(300_000)) + "}"
    ports = ",".join(str(n) for n in range(1, 65000, 2))
    yield f" tcp dport {{{ports}}} sport {{{ports}}}\n"


def blocks():
    yield "let a = {" + ",".join(addresses(3000)) + "}\n"
    yield "in saddr $a daddr $a {\n" * 10 + "drop tcp dport 1\n" * 100_000 + "}\n" * 10


def distinct():
    return ("".join(f"{a:x}::{b:x}\n" for b in range(64)) for a in range(1, 0x10000))


def model(match):
    return '{"version":1,"rules":[{"action":{"type":"accept"},"direction":"in","match":[' + match + "]}]}"


M = MEBIBYTE
TEXT, MODEL = "r.weir", "r.json"
# Name, what it is, the file's name, what it holds: parts, or a function that writes more files and returns them.
INPUTS = [
    ("nul-lists", "200 lists of 60 MiB of NUL bytes", TEXT, many_lists),
    ("line-ends", "a list of 60 MiB of line ends", TEXT, with_list(lambda: ["\n" * (60 * M)])),
    ("same-port", "a list of 31 million times the same port", TEXT, with_list(lambda: ["1\n" * (31 * M)], "port", "tcp dport")),
    ("same-address", "a list of 20 million times the same address", TEXT, with_list(lambda: ["::\n" * (20 * M)])),
    ("addresses", "a list of 4.2 million addresses", TEXT, with_list(distinct)),
    ("wrong-lines", "a list of 30 million wrong lines", TEXT, with_list(lambda: ["x\n" * (30 * M)])),
    ("long-line", "a list of one line of 60 MiB", TEXT, with_list(lambda: ["x" * (60 * M)])),
    ("circle", "a circle of 100,000 variables", TEXT, lambda _: [f"let v{n} = $v{(n + 1) % 100_000}\n" for n in range(100_000)]),
    ("circles", "100,000 variables in as many circles", TEXT, lambda _: [f"let v{n} = {{ $v{(n + 1) % 100_000}, $v0 }}\n" for n in range(100_000)]),
    ("jump-circles", "20,000 chains in as many circles", TEXT, lambda _: [f"chain c{n} {{ jump c{(n + 1) % 20_000}; jump c0 }}\n" for n in range(20_000)]),
    ("doubling", "63 variables, each twice the one before", TEXT, doubling()),
    ("copies", "10,000 lists that name a list of 100,000", TEXT, copies()),
    ("list-in-rules", "a list of 30,000 addresses in 100,000 rules", TEXT, lambda _: ["let a = {" + ",".join(addresses(30_000)) + "}\n" + "drop in saddr $a\n" * 100_000]),
    ("blocks", "lists in 10 nested blocks around 100,000 rules", TEXT, blocks()),
    ("product", "a rule with four long lists", TEXT, product()),
    ("range", "ranges that take all prefixes", TEXT, lambda _: ["set s: prefix { 0.0.0.1-255.255.255.254, ::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe }\ndrop in saddr @s tcp dport { 1-65534 }\n"]),
    ("ranges", "60,000 ranges of IPv6 with 250 prefixes each", TEXT, with_list(lambda: (f"{n:x}::1-{n:x}:ffff:ffff:ffff:ffff:ffff:ffff:fffe\n" for n in range(1, 60_000)), "prefix")),
    ("rules", "6 million rules", TEXT, lambda _: ["accept in\n" * (6 * M)]),
    ("long-rules", "2.5 million rules that differ", TEXT, lines("accept in tcp dport %d\n", 65535 * 38)),
    ("matches", "a rule of 9 million matches", TEXT, lambda _: ["drop in " + "mark 1 " * (9 * M)]),
    ("values", "31 million values in one list", TEXT, lambda _: ["drop in tcp dport { " + "1," * (31 * M) + " 2 }\n"]),
    ("variables", "4 million variables", TEXT, lines("let v%d = 1\n", 4_000_000)),
    ("unknown", "2.5 million unknown variables", TEXT, lines("drop in saddr $x%d\n", 2_500_000)),
    ("duplicates", "6 million times the same variable", TEXT, lambda _: ["let a = 1\n" * (6 * M)]),
    ("sets", "3 million sets", TEXT, lines("set s%d: port\n", 3_000_000)),
    ("chains", "3 million chains", TEXT, lines("chain c%d { }\n", 3_000_000)),
    ("jumps", "5 million jumps", TEXT, lambda _: ["chain a { drop }\n" + "jump a in\n" * (5 * M)]),
    ("routes", "1.5 million routes", TEXT, (f"route {a}/32 via 192.0.2.1\n" for a in addresses(1_500_000, 1))),
    ("settings", "1.2 million settings", TEXT, lines("sysctl net.ipv4.conf.e%d.rp_filter = 1\n", 1_200_000)),
    ("words", "64 MiB of words", TEXT, lambda _: ["a " * (32 * M - 1)]),
    ("braces", "64 MiB of open blocks", TEXT, lambda _: ["in { " * (12 * M)]),
    ("semicolons", "64 MiB of semicolons", TEXT, lambda _: [";" * (64 * M)]),
    ("comments", "32 million comments", TEXT, lambda _: ["#\n" * (32 * M)]),
    ("string", "a string of 62 MiB", TEXT, lambda _: ['accept in "' + "x" * (62 * M) + '"\n']),
    ("carriage-returns", "60 MiB of carriage returns", TEXT, lambda _: ["\r" * (60 * M)]),
    ("not-utf-8", "60 MiB that are not UTF-8", TEXT, lambda _: [b"\xff" * (60 * M)]),
    ("includes", "1000 included files of 1 MiB", TEXT, many_includes),
    ("same-include", "a million times the same include", TEXT, same_include),
    ("deep-includes", "100 files, each of which includes the next 1000 times", TEXT, deep_includes),
    ("patterns", "a million patterns of include", TEXT, lambda _: ['include "*.none"\n' * 1_000_000]),
    ("deep-model", "a model nested 30 million deep", MODEL, lambda _: ["[" * (30 * M)]),
    ("empty-rules", "a model of 20 million rules without anything", MODEL, lambda _: ['{"rules":[' + "{}," * (20 * M) + "{}]}"]),
    ("number", "a model with a number of 60 million digits", MODEL, lambda _: ['{"version":' + "9" * (60 * M) + "}"]),
    ("escapes", "a model with a string of 10 million escapes", MODEL, lambda _: ['{"version":"' + "\\u0000" * (10 * M) + '"}']),
    ("model-addresses", "a model with 2.9 million addresses", MODEL, lambda _: [model('{"type":"saddr","values":[' + '"::",' * 2_900_000 + '"::"]}')]),
    ("model-matches", "a model with a rule of 900,000 conditions", MODEL, lambda _: [model('{"type":"mark","values":[1]},' * 899_999 + '{"type":"mark","values":[1]}')]),
    ("keys", "a model with 5 million keys", MODEL, lambda _: ["{" + ",".join(f'"k{n}":0' for n in range(5_000_000)) + "}"]),
]


# What a rule file is compared with on a host.
RULES = "policy in drop\naccept in ct state established\naccept in tcp dport ssh\nroute 198.51.100.0/24 dev lo\n"
FOREIGN = "table inet other {\n%s}\n"
HOOK = "chain input { type filter hook input priority 0; %s; }\n"


def nft(content):
    """A host with this in nf_tables."""

    def write(directory):
        put(f"{directory}/nft", content)
        return "nft -f nft"

    return write


def ip(family, commands):
    """A host after these commands of ip(8)."""

    def write(directory):
        put(f"{directory}/ip", commands)
        return f"ip {family} -batch ip"

    return write


def elements(count):
    yield "table inet other {\nset s { type ipv4_addr; elements = {"
    yield ",".join(addresses(count))
    yield "};\n}\n" + HOOK % "ip saddr @s drop" + "}\n"


def rules(count):
    yield "table inet other {\nchain input { type filter hook input priority 0;\n"
    yield from (f"ip saddr {a} tcp dport 22 drop\n" for a in addresses(count))
    yield "}\n}\n"


def chains(count):
    yield "table inet other {\n"
    yield from (f"chain c{n} {{ ip saddr 10.0.0.1 jump c{n + 1}; tcp dport 22 jump c{n + 1}; }}\n" for n in range(14))
    yield "chain c14 { }\n"
    yield from (f"chain d{n} {{ tcp dport {n % 65535 + 1} drop; }}\n" for n in range(count))
    yield HOOK % "jump c0" + "}\n"


def verdicts(count):
    yield "table inet other {\n" + "".join(f"chain d{n} {{ drop; }}\n" for n in range(count))
    yield "map m { type ipv4_addr : verdict; elements = {"
    yield ",".join(f"{a} : goto d{n}" for n, a in enumerate(addresses(count)))
    yield "};\n}\n" + HOOK % "ip saddr vmap @m" + "}\n"


def store(script):
    """A state directory to which this was done after two changes."""

    def write(directory):
        put(f"{directory}/first.weir", ["accept in\n"])
        return f"$WEIR apply --yes --state-dir state first.weir\n$WEIR apply --yes --state-dir state r.weir\ncd state\n{script}\ncd .."

    return write


def plan_file(script):
    return lambda _: f"$WEIR plan --state-dir state --out p r.weir || true\n{script}"


PLAN, STATUS, SHOW, HISTORY = ["plan", "r.weir"], ["status"], ["show"], ["history"]
# Name, what it is, what makes the host, the command.
HOSTS = [
    ("foreign-set", "a set of another program with 500,000 addresses: plan", nft(lambda: elements(500_000)), PLAN),
    ("foreign-rules", "100,000 rules of another program: plan", nft(lambda: rules(100_000)), PLAN),
    ("foreign-chains", "14 chains that jump twice each to the next, and 50,000 more: plan", nft(lambda: chains(50_000)), PLAN),
    ("foreign-map", "a verdict map of 20,000 chains: plan", nft(lambda: verdicts(20_000)), PLAN),
    ("foreign-doctor", "100,000 rules of another program: doctor", nft(lambda: rules(100_000)), ["doctor"]),
    ("routes", "200,000 routes of another program: plan", ip("", lambda: (f"route add {a}/32 dev lo\n" for a in addresses(200_000))), PLAN),
    ("policy-rules", "30,000 policy routing rules: plan", ip("", lambda: (f"rule add from {a} lookup 7\n" for a in addresses(30_000))), PLAN),
    ("addresses-of-lo", "30,000 addresses of an interface: plan", ip("", lambda: (f"address add {a}/32 dev lo\n" for a in addresses(30_000))), PLAN),
    ("interfaces", "1,000 interfaces: plan", ip("", lambda: (f"link add d{n} type bridge\n" for n in range(1000))), PLAN),
    ("filled-set", "300,000 addresses that another program put into Weir's set: status", lambda directory: (
        put(f"{directory}/s.weir", ["set s: address { 10.0.0.1 }\ndrop in saddr @s\n"]),
        put(f"{directory}/nft", ["add element inet weir s-v4 {", ",".join(addresses(300_000, 4)), "}\n"]),
        "$WEIR apply --yes --state-dir state s.weir\nnft -f nft")[-1], STATUS),
    ("filled-chain", "50,000 rules that another program put into Weir's chain: status", lambda directory: (
        put(f"{directory}/nft", (f"add rule inet weir input ip saddr {a} drop\n" for a in addresses(50_000))),
        "$WEIR apply --yes --state-dir state r.weir\nnft -f nft")[-1], STATUS),
    ("filled-show", "50,000 rules that another program put into Weir's chain: show", lambda directory: (
        put(f"{directory}/nft", (f"add rule inet weir input ip saddr {a} drop\n" for a in addresses(50_000))),
        "$WEIR apply --yes --state-dir state r.weir\nnft -f nft")[-1], SHOW),
    ("large-generation", "a generation of 4 GiB: status", store("truncate -s 4G gen/2"), STATUS),
    ("large-history", "a generation of 4 GiB: history", store("truncate -s 4G gen/2"), HISTORY),
    ("many-files", "200,000 files in the state directory: history", store("seq -f gen/x%.0f 200000 | xargs touch"), HISTORY),
    ("many-generations", "20,000 generations: history", store("seq 3 20000 | while read n; do cp gen/2 gen/$n; done"), HISTORY),
    ("random-generation", "a generation of 60 MiB of noise: apply", store("head -c 60M /dev/urandom >gen/2"), ["apply", "--yes", "r.weir"]),
    ("large-plan", "a plan file of 4 GiB: apply", plan_file("truncate -s 4G p"), ["apply", "--yes", "p"]),
    ("long-plan", "a plan file with 60 MiB of noise after it: apply", plan_file("head -c 60M /dev/urandom >>p"), ["apply", "--yes", "p"]),
]
# What a command may say of such a host: done, differences, bad input, an error of the state directory.
HOST_STATUSES = {0, 2, 20, 23, 26, 65, 66, 74}


def put(path, parts):
    if callable(parts): parts = parts()
    with open(path, "wb") as file:
        for part in parts:
            file.write(part if isinstance(part, bytes) else part.encode())


# What a process had when it became the program counts as the program's: so a small process starts it.
LAUNCHER = """
import os, resource, sys
child = os.fork()
if child == 0:
    # A blow-up ends the program and not the machine.
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    os.dup2(os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime)
"""


def run(command, directory, setup):
    """Runs a command, on a host that the setup makes if there is one; returns its status, its memory at most in bytes, its seconds of
    processor time, and how much it said."""
    launcher = [sys.executable, "-c", LAUNCHER, *command]
    if setup:
        launcher = ["unshare", "--net", "sh", "-ec", f'({setup}) >/dev/null; exec "$@"', "sh", *launcher]
    result = subprocess.run(launcher, cwd=directory, stdout=subprocess.PIPE, text=True, check=True)
    status, memory, seconds = result.stdout.split()
    return int(status), int(memory), float(seconds), os.path.getsize(f"{directory}/said")


def measure(program, entry):
    name, title, place, content = entry
    directory = tempfile.mkdtemp(prefix="weir-hostile-")
    try:
        if entry in INPUTS:
            put(f"{directory}/{place}", content(directory) if callable(content) else content)
            command, setup, statuses = [program, *os.environ.get("WEIR_COMMAND", "check").split(), place], None, {0, 65}
        else:
            put(f"{directory}/r.weir", [RULES])
            command = [program, content[0], "--state-dir", f"{directory}/state", *content[1:]]
            setup = f"WEIR={shlex.quote(program)}\nip link set lo up\n{place(directory)}\n"
            statuses = HOST_STATUSES
        status, memory, seconds, words = run(command, directory, setup)
    finally:
        shutil.rmtree(directory)
    faults = [
        fault
        for fault, is_there in [
            (f"status {status}", status not in statuses),
            ("too much memory", memory >= MOST_MEMORY),
            ("too long", seconds >= MOST_SECONDS),
            (f"{words} bytes said", words >= MOST_WORDS),
        ]
        if is_there
    ]
    fault = "".join(f" **{fault}**" for fault in faults)
    print(f"| {title} | {status} | {memory / MEBIBYTE:.0f} | {seconds:.1f} |{fault}", flush=True)
    return not faults


def main():
    program, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    entries = INPUTS + ([] if "WEIR_COMMAND" in os.environ else HOSTS)
    print("| input | exit status | peak MiB | processor s |\n| --- | --- | --- | --- |", flush=True)
    results = [measure(program, entry) for entry in entries if not names or entry[0] in names]
    sys.exit(0 if results and all(results) else 1)


main()
