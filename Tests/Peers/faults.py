#!/usr/bin/env python3
"""What becomes of rules that nobody confirms, when something goes wrong meanwhile: Weir beside iptables-apply and ferm.

    faults.py WEIR [--write FILE]

Each tool gets the same job in a network namespace of its own, at a real terminal: rules that let ssh in are replaced by rules that let
nothing in, to be confirmed within some seconds. Then the fault. What the kernel has afterwards goes into a table, which --write puts
between the marks '<!-- faults -->' and '<!-- /faults -->' of a file. The exit status is 1 where Weir did not do what it promises.
"""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time

WINDOW = 3
# `make setup` extracts it: it is not installed.
FERM = os.path.join(os.path.dirname(__file__), "../../.build/peers/usr/sbin/ferm")
GOOD, BAD = "rolled back", "**the new rules stay**"


class Terminal:
    """A program at a terminal of its own, the leader of a session."""

    def __init__(self, command):
        self.master, slave = pty.openpty()

        def adopt():
            # Whoever runs this may ignore them, and would bequeath that.
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, preexec_fn=adopt
        )
        os.close(slave)
        self.text = ""

    def expect(self, text, seconds=10):
        end = time.monotonic() + seconds
        while text not in self.text:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise RuntimeError(f"'{text}' did not come; this did:\n{self.text}")
            try:
                self.text += os.read(self.master, 4096).decode(errors="replace")
            except OSError:
                raise RuntimeError(f"'{text}' did not come; it ended with:\n{self.text}") from None

    def type(self, text):
        os.write(self.master, text.encode())

    def hang_up(self):
        if self.master >= 0:
            os.close(self.master)
        self.master = -1

    def end(self):
        """Ends what is left of the session."""
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.hang_up()


def output(*command, text=None):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def iptables_state(save="iptables-save"):
    """The rules, without counters and comments."""
    lines = [re.sub(r" \[\d+:\d+\]", "", line) for line in output(save, "-t", "filter").splitlines()]
    return [line for line in lines if not line.startswith("#")]


class IptablesApply:
    name = "iptables-apply"
    before = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" \
        "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n"
    after = "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
    state = staticmethod(iptables_state)

    def __init__(self, directory, weir):
        self.file = f"{directory}/new.rules"
        with open(self.file, "w", encoding="ascii") as file:
            file.write(self.after)
        output("iptables-restore", text=self.before)

    def start(self):
        terminal = Terminal(["iptables-apply", "-t", str(WINDOW), self.file])
        terminal.expect("(y/N)")
        return terminal

    def confirm(self, terminal):
        terminal.type("y")


class Ferm:
    """It works with the older interface of the kernel where that is installed."""

    name = "ferm --interactive"

    @staticmethod
    def state():
        return iptables_state("iptables-legacy-save")

    def __init__(self, directory, weir):
        self.file = f"{directory}/ferm.conf"
        with open(self.file, "w", encoding="ascii") as file:
            file.write("table filter chain INPUT policy DROP;\n")
        output("iptables-legacy-restore", text=IptablesApply.before)

    def start(self):
        terminal = Terminal([FERM, "--interactive", "--timeout", str(WINDOW), self.file])
        terminal.expect("to confirm:")
        return terminal

    def confirm(self, terminal):
        terminal.type("yes")


class Weir:
    name = "weir apply --confirm"

    def __init__(self, directory, weir):
        self.weir, self.store = weir, f"{directory}/state"
        self.file = f"{directory}/new.weir"
        with open(self.file, "w", encoding="ascii") as file:
            file.write("policy in drop\n")
        with open(f"{directory}/old.weir", "w", encoding="ascii") as file:
            file.write("policy in drop\naccept in tcp dport ssh\n")
        output(weir, "apply", "--yes", "--state-dir", self.store, f"{directory}/old.weir")

    def start(self):
        terminal = Terminal([
            self.weir, "apply", "--state-dir", self.store, "--confirm", f"{WINDOW}s", "--wait", self.file
        ])
        terminal.expect("[y/N]")
        terminal.type("y\n")
        terminal.expect("waits to be confirmed")
        return terminal

    @staticmethod
    def state():
        return output("nft", "--stateless", "list", "ruleset").splitlines()

    def confirm(self, terminal):
        self.run("confirm")

    def run(self, *arguments):
        return subprocess.run(
            [self.weir, arguments[0], "--state-dir", self.store, *arguments[1:]],
            capture_output=True, text=True, check=False,
        )

    def kill_watchdog(self):
        """Ends the watchdog of this very state directory, found by its arguments."""
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if "watchdog" in words and self.store in words:
                os.kill(int(number), signal.SIGKILL)
                return
        raise RuntimeError("there is no watchdog")


def nothing(tool, terminal):
    pass


def hang_up(tool, terminal):
    terminal.hang_up()


def send(number, to_group=False):
    def fault(tool, terminal):
        (os.killpg if to_group else os.kill)(terminal.process.pid, number)
    return fault


def kill_everything(tool, terminal):
    if isinstance(tool, Weir):
        tool.kill_watchdog()
    os.killpg(terminal.process.pid, signal.SIGKILL)


FAULTS = [
    ("nobody answers", nothing),
    ("the terminal hangs up", hang_up),
    ("SIGTERM to the command", send(signal.SIGTERM)),
    ("SIGKILL of the command", send(signal.SIGKILL)),
    ("SIGKILL of its process group", send(signal.SIGKILL, to_group=True)),
    ("Ctrl-Z: SIGSTOP of the command", send(signal.SIGSTOP)),
    ("SIGKILL of all that belongs to it, at once", kill_everything),
]


def judge(tool, before, after):
    """What the kernel has, and when it got it back; the tools have the window and some time more."""
    start = time.monotonic()
    while time.monotonic() - start < WINDOW + 4:
        state = tool.state()
        if state == before:
            return f"{GOOD} after {time.monotonic() - start:.1f} s"
        if state != after:
            return "**neither the old nor the new rules**"
        time.sleep(0.05)
    return BAD


def case(kind, fault, weir):
    with tempfile.TemporaryDirectory(prefix="weir-peers-") as directory:
        tool = kind(directory, weir)
        before = tool.state()
        terminal = tool.start()
        after = tool.state()
        if after == before:
            raise RuntimeError("nothing was applied")
        try:
            fault(tool, terminal)
            outcome = judge(tool, before, after)
            if outcome == BAD and fault is kill_everything and kind is Weir:
                answer = tool.run("confirm")
                if answer.returncode == 22 and tool.state() == before:
                    outcome = f"{GOOD} by the next `weir` command, whichever it is"
        finally:
            terminal.end()
        return outcome


def late_answer(kind, weir):
    """An answer that comes when it is too late must change nothing."""
    with tempfile.TemporaryDirectory(prefix="weir-peers-") as directory:
        tool = kind(directory, weir)
        before = tool.state()
        terminal = tool.start()
        time.sleep(WINDOW + 1)
        try:
            tool.confirm(terminal)
        except OSError:
            pass
        time.sleep(0.3)
        outcome = GOOD if tool.state() == before else BAD
        terminal.end()
        return outcome


def isolated(index, kind, weir):
    """Runs one case in a network namespace of its own."""
    command = ["unshare", "--net", "--mount", sys.executable, __file__, "--case", str(index), kind.__name__, weir]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{kind.name}: {result.stderr}")
    return result.stdout.strip()


KINDS = [Weir, IptablesApply, Ferm]


def main():
    if sys.argv[1] == "--case":
        index, name, weir = sys.argv[2:5]
        kind = next(kind for kind in KINDS if kind.__name__ == name)
        output("ip", "link", "set", "lo", "up")
        # What the others leave in /tmp goes with the namespace.
        output("mount", "-t", "tmpfs", "tmpfs", "/tmp")
        index = int(index)
        print(case(kind, FAULTS[index][1], weir) if index < len(FAULTS) else late_answer(kind, weir))
        return 0
    weir = os.path.abspath(sys.argv[1])
    rows = [name for name, _ in FAULTS] + ["the answer comes a second too late"]
    lines = [
        "| fault, while the change waits for its confirmation | " + " | ".join(f"`{kind.name}`" for kind in KINDS) + " |",
        "| --- " * (len(KINDS) + 1) + "|",
    ]
    is_right = True
    for index, row in enumerate(rows):
        outcomes = [isolated(index, kind, weir) for kind in KINDS]
        is_right = is_right and outcomes[0].startswith(GOOD)
        lines.append(f"| {row} | " + " | ".join(outcomes) + " |")
        print(lines[-1], flush=True)
    table = "\n".join(lines)
    if "--write" in sys.argv:
        path = sys.argv[sys.argv.index("--write") + 1]
        with open(path, encoding="utf-8") as file:
            text = file.read()
        marks = re.compile(r"(<!-- faults -->\n).*?(<!-- /faults -->)", re.DOTALL)
        if not marks.search(text):
            raise SystemExit(f"{path} has no marks")
        with open(path, "w", encoding="utf-8") as file:
            file.write(marks.sub(lambda match: f"{match[1]}{table}\n{match[2]}", text))
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
