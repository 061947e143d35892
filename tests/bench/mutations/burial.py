"""The problem inside a longer chain of thought; and its template with other numbers."""

import random
import re

from tests.bench.mutations.changes import grouped, numerals
from tests.bench.mutations.spelling import ODD, SPELLING
from tests.bench.mutations.text import Edit, asking, mixed, replaced
from tests.bench.mutations.wording import synonyms
from tests.bench.mutations.wrapping import typo, wrap_lines

_BEFORE = (
    "Okay, so I need to work through this one carefully.",
    "Let me start by reading it again.",
    "Alright, this looks like something I have seen before, but I should not rush.",
    "Hmm, first I want to be sure what is being asked.",
    "I should write down what I know before I try anything.",
    "Let me set the problem up and then look for a plan.",
)
_AFTER = (
    "Hmm, so the first thing to do is to turn that into something I can work with.",
    "Wait, maybe I should check whether I have read it correctly.",
    "Let me try the direct approach and see where it leads.",
    "I could also look for a pattern, but that may take longer.",
    "So what do I know here, and what do I still need?",
    "Okay, let me go step by step.",
)


def _around(intro: str, body: str, rng: random.Random) -> str:
    parts: list[str] = []
    for pool in (_BEFORE, _AFTER):
        lines, said = list(pool), ""
        rng.shuffle(lines)
        while len(said.split()) < 30:
            said += (" " if said else "") + lines.pop()
        parts.append(said)
    return f"{parts[0]} {intro}{body}\n\n{parts[1]}"


def _intro(body: str, rng: random.Random) -> str:
    return _around(
        rng.choice(("The problem says: ", 'The question is: "', "So here it is.\n\n")), body, rng
    )


def _restated(text: str, rng: random.Random) -> str:
    new = text.strip()
    at = asking(new)
    if at:
        ask = re.sub(
            r"\A(?:Find|Determine|Compute|Calculate) ", "I need to find ", new[at[0] : at[1]]
        )
        ask = re.sub(r"\AWhat is ([^?]*)\?\Z", r"I want to know what is \1.", ask)
        ask = re.sub(r"\AHow (many|much) ([^?]*)\?\Z", r"I have to work out how \1 \2.", ask)
        new = new[: at[0]] + ask + new[at[1] :]
    new = re.sub(r"\A(Let|Suppose) ", lambda m: "We " + m[1].lower() + " ", new)
    return _around("I am told the following. ", new, rng)


def _quoted_lines(text: str, rng: random.Random) -> str:
    lines = wrap_lines(text.strip(), rng).split("\n")
    return _around("\n\n", "\n".join("> " + line for line in lines), rng)


def _options(text: str, rng: random.Random) -> str:
    if re.search(r"\(A\)|\bA\)|\(B\)", text):
        return text
    base = rng.randint(3, 60)
    row = "  ".join(f"({c}) {base + 2 * i}" for i, c in enumerate("ABCDE"))
    return _around("", text.strip() + "\n" + row, rng)


BURIED: dict[str, Edit] = {
    "buried.cot": _intro,
    "buried.latex": lambda text, rng: (
        _intro(new, rng) if (new := mixed(SPELLING, 2, ODD)(text, rng)) != text else text
    ),
    "buried.restated": _restated,
    "buried.quoted_lines": _quoted_lines,
    "buried.options": _options,
    "buried.edited": lambda text, rng: (
        _intro(new, rng)
        if (new := synonyms(1.0, 3)(typo("swap")(text, rng), rng)) != text
        else text
    ),
    "buried.json": lambda text, rng: (
        '{"messages": [{"role": "user", "content": "'
        + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        + '"}, {"role": "assistant", "content": "'
        + _around("", "", rng).replace("\n", "\\n")
        + '"}]}'
    ),
}


def all_numbers(text: str, rng: random.Random) -> str:
    table: dict[str, str] = {}
    sites: list[tuple[int, int, str]] = []
    for start, end, old in numerals(text):
        if re.search(r"[\^_]\{?-?\Z", text[:start]):
            continue
        value = int(old.replace(",", ""))
        step = rng.randint(1, max(2, value // 3)) * (-1 if value > 9 and rng.random() < 0.4 else 1)
        sites.append((start, end, table.setdefault(old, grouped(old, value + step))))
    return replaced(text, sites)
