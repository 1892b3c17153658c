"""The examples of the rule language: examples(ROOT) lists them as (where it stands, rule file)."""

import ast
import pathlib
import re

# How a rule file of the tests begins.
STATEMENT = re.compile(
    r'"(?:policy|accept|drop|reject|redirect|dnat|snat|masquerade|log|count|notrack|set|chain|jump|goto|let|in|out|forward) '
)
# What nft says and the rule language does not.
COUNTED = re.compile(r"counter packets|log prefix")

# What the tests put together from pieces: numbers in the machine's byte order, single, as ranges, in lists and in sets.
PIECES = [
    "drop out skuid 1000-2000",
    "drop out skuid { 0, 1000-2000, 70000 }",
    "accept out skgid 1000-2000",
    "accept out skgid ! { 5-7, 100 }",
    "set marks: mark { 1, 7, 0x20 }\naccept in mark @marks\naccept in ct mark @marks",
    "set ct mark 0x10/0xff out skuid 1000-2000",
]

# What an example that stands alone leaves to its surroundings.
SURROUNDINGS = {"jump slow": "chain slow {\n    drop\n}\n", "goto slow": "chain slow {\n    drop\n}\n"}


def language(root):
    """Those of docs/language.md: its blocks, and the column `example` of its tables."""
    text = (root / "docs/language.md").read_text()
    for match in re.finditer(r"^```weir\n(.*?)^```", text, re.M | re.S):
        yield f"language.md:{text[: match.start()].count(chr(10)) + 1}", match[1]
    column = None
    for number, line in enumerate(text.split("\n"), 1):
        cells = [cell.strip() for cell in line.split("|")[1:-1]] if line.startswith("|") else []
        if "example" in cells:
            column = cells.index("example")
        elif not cells:
            column = None
        elif column is not None and column < len(cells) and cells[column].startswith("`"):
            rule = cells[column].strip("`")
            before = next((more for start, more in SURROUNDINGS.items() if rule.startswith(start)), "")
            yield f"language.md:{number}", before + rule + "\n"


def files(root):
    """The rule files of rules/, but those that are wrong on purpose."""
    for path in sorted(root.glob("rules/*/*.weir")):
        yield str(path.relative_to(root)), path


def traffic(root):
    """The rules that the tests of traffic try with real packets."""
    for directory in "Matches", "Verbs":
        for path in sorted((root / "Tests/IntegrationTests" / directory).glob("*.swift")):
            text = path.read_text()
            for match in re.finditer(r"[(\[]\s*(\"(?:[^\"\\\n]|\\.)*\"),", text):
                # Others are what nft lists, or made of pieces.
                if not STATEMENT.match(match[1]) or "\\(" in match[1] or COUNTED.search(match[1]):
                    continue
                rules = ast.literal_eval(match[1]).rstrip("\n") + "\n"
                # What reads other files is tried with those of rules/.
                if ' from "' not in rules and 'include "' not in rules:
                    yield f"{path.name}:{text[: match.start()].count(chr(10)) + 1}", rules


def pieces(root):
    """What tests put together."""
    for number, rules in enumerate(PIECES, 1):
        yield f"pieces:{number}", rules + "\n"


def batches(found, most=40):
    """Puts examples that declare different names together, so that one change tries many."""
    groups = []
    for name, rules in found:
        declared = set(re.findall(r"^ *(set|chain|let|table|policy|option|sysctl|rule) +([\w.-]+)", rules, re.M))
        declared |= {("route", line) for line in re.findall(r"^route (.*)$", rules, re.M)}
        for group in groups:
            if len(group[1]) < most and not declared & group[0]:
                group[0].update(declared)
                group[1].append((name, rules))
                break
        else:
            groups.append((declared, [(name, rules)]))
    return [group for _, group in groups]


def examples(root):
    root = pathlib.Path(root)
    found = {"language": list(language(root)), "files": list(files(root)), "traffic": list(traffic(root))}
    found["traffic"] += pieces(root)
    for kind, least in ("language", 45), ("files", 8), ("traffic", 150):
        if len(found[kind]) < least:
            raise SystemExit(f"examples.py: only {len(found[kind])} examples of kind {kind} were found")
    return found
