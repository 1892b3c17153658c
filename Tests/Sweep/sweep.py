"""Compares what Weir makes of an intent with what nft and iptables make of the same intent in their own words, by real packets.

sweep.py WEIR [COUNT [SEED]]: makes COUNT pairs, in a network namespace of its own (`make sweep`). Each pair is a rule file for `weir apply` and a
text for nft, or for iptables and ip6tables, both written from one intent; nothing of Weir writes the second. Both are loaded into hosts that are
alike, the same packets come and go there, and all that leaves the hosts must be the same, translations, answers and refusals among it.

A pair that one of the sides refuses is counted by its reason and compared no further. A difference is printed with the texts and the packet, and
its seed repeats it: sweep.py WEIR 1 SEED.
"""

import collections
import os
import re
import shutil
import sys
import tempfile
from dataclasses import replace

import intents
import words
from network import Host, new_namespace, run
from packets import Dice, answer

# Stands for a source port that the kernel chose, since the one that a connection had is taken.
ANY_PORT = -1


class Sweep:
    def __init__(self, program):
        self.program = program
        self.directory = tempfile.mkdtemp(prefix="weir-sweep-")
        # The third host has no rules: it tells which packets rules have a say in.
        outsides = [new_namespace() for _ in range(3)]
        self.ours, self.theirs, self.bare = (Host(outside) for outside in outsides)
        self.refusals = {}
        self.figures = collections.Counter()
        self.verbs = collections.Counter()

    def pair(self, seed):
        """Compares one pair; the lines about a difference, or nothing."""
        dice = Dice(seed)
        made = intents.program(dice)
        peer = dice.pick(["nft", "nft", "iptables"])
        try:
            texts = {4: words.iptables(made, 4), 6: words.iptables(made, 6)} if peer == "iptables" else {0: words.nft(made)}
        except words.NoWords:
            self.figures["pairs with nft, as iptables has no words"] += 1
            peer, texts = "nft", {0: words.nft(made)}
        text = words.weir(made, Dice(-seed))
        if not self.load_ours(text) or not self.load_theirs(texts):
            return None
        self.figures[f"pairs with {peer}"] += 1
        self.verbs.update(r.verb for r in made.rules)
        for number, (how, link, packet) in enumerate(intents.packets(dice, made)):
            chooses = any(r.verb in ("dnat", "masquerade", "redirect", "snat") for r in made.rules)
            ours, theirs, bare = (
                self.try_packet(host, how, link, packet, chooses) for host in (self.ours, self.theirs, self.bare)
            )
            self.figures["packets"] += 1
            if ours != bare:
                self.figures["packets that rules changed something for"] += 1
            if ours != theirs:
                return self.report(seed, text, texts, (how, link, packet), ours, theirs)
            # Somebody answers now and then, so that connections come about.
            for place, _, seen in ours[1]:
                if dice.chance(0.5) and how != "in" and seen.sport != ANY_PORT:
                    reply = answer(seen)
                    ours, theirs = (self.try_packet(host, "in", place, reply, chooses) for host in (self.ours, self.theirs))
                    self.figures["packets"] += 1
                    if ours != theirs:
                        return self.report(seed, text, texts, ("in", place, reply), ours, theirs)
        self.figures["pairs alike"] += 1
        self.ours.enter()
        counts = re.findall(r"counter packets (\d+)", run(["nft", "list", "table", "inet", "weir"]).stdout)
        self.figures["kernel rules"] += len(counts)
        self.figures["kernel rules that packets met"] += sum(count != "0" for count in counts)
        return None

    def load_ours(self, text):
        self.ours.enter()
        self.ours.forget_connections()
        path = f"{self.directory}/rules.weir"
        with open(path, "w") as file:
            file.write(text)
        result = run([self.program, "apply", "--state-dir", f"{self.directory}/state", "--yes", path])
        if result.returncode == 0:
            return True
        errors = re.findall(r"error\[(E\d+)\]: (.*)", result.stderr)
        reason = f"weir refuses: {errors[0][0]} {errors[0][1]}" if errors else f"weir refuses: {result.stderr.strip()[:200]}"
        self.refusals.setdefault(reason, []).append(text)
        return False

    def load_theirs(self, texts):
        self.theirs.enter()
        self.theirs.forget_connections()
        run(["nft", "flush", "ruleset"])
        for number, text in texts.items():
            command = {0: ["nft", "-f", "-"], 4: ["iptables-restore"], 6: ["ip6tables-restore"]}[number]
            result = run(command, text)
            if result.returncode:
                reason = result.stderr.strip().splitlines()[1 if number else 0][:120]
                self.refusals.setdefault(f"{command[0]} refuses: {reason}", []).append(text)
                return False
        return True

    @staticmethod
    def try_packet(host, how, link, packet, chooses):
        """The error that a sender sees, and all that leaves the host; a source port that the kernel chose by chance is any port."""
        error = 0
        if how == "out":
            host.enter()
            error = host.leave(packet)
        else:
            host.arrive(packet, link)
        host.barrier()
        events = host.events()
        if chooses:
            known = (packet.sport, packet.dport)
            events = [(place, to, p if p.sport in known else replace(p, sport=ANY_PORT)) for place, to, p in events]
        return error, sorted(events, key=str)

    def report(self, seed, text, texts, step, ours, theirs):
        how, link, packet = step
        lines = [f"seed {seed}:", text.rstrip()] + [t.rstrip() for t in texts.values()]
        lines.append(f"{packet} ({how}, {link})")
        for name, (error, events) in (("weir", ours), ("peer", theirs)):
            seen = [f"out by {place} to neighbour {neighbour}: {p}" for place, neighbour, p in events] or ["nothing leaves"]
            lines += [f"  {name}: {line}" + (f" (error {error})" if error else "") for line in seen]
        return lines


def main():
    program = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    start = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    sweep = Sweep(program)
    differences = 0
    try:
        for seed in range(start, start + count):
            lines = sweep.pair(seed)
            if lines:
                differences += 1
                print("\n".join(lines) + "\n", flush=True)
    finally:
        shutil.rmtree(sweep.directory)
    for reason, examples in sorted(sweep.refusals.items(), key=lambda pair: -len(pair[1])):
        print(f"{len(examples)} times {reason}, such as:\n{examples[0].rstrip()}\n")
    print(f"sweep: {count} intents, {differences} differences; " + ", ".join(f"{n} {name}" for name, n in sorted(sweep.figures.items())))
    print("rules by verb: " + ", ".join(f"{name} {n}" for name, n in sweep.verbs.most_common()))
    # A sweep that compared next to nothing says nothing.
    compared = sum(n for name, n in sweep.figures.items() if name.startswith("pairs with"))
    sys.exit(1 if differences or compared * 2 < count else 0)


if __name__ == "__main__":
    main()
