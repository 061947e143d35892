"""Where an edit may land: scopes of a text, sites in it, and rules made into edits."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

# Scopes: a all but figures, p prose, q prose of LaTeX texts, n texts without
# LaTeX, x math, m math less \text{..} and environment names, v math less every command
Edit = Callable[[str, random.Random], str]
Repl = str | Callable[[re.Match[str], random.Random], str]
Rule = tuple[str, str, str, Repl] | tuple[str, str, str, Repl, str]


def listed(text: str, sep: str | None = None) -> list[str]:
    return text.split(sep)


@dataclass(frozen=True)
class Mutant:
    kind: str
    same: bool
    text: str


_SEG = re.compile(
    r"\[asy\].*?\[/asy\]|\$\$.+?\$\$|(?<!\\)\\\[.+?\\\]|(?<!\\)\\\(.+?\\\)"
    r"|\\begin\{(align\*?|equation\*?|gather\*?|eqnarray\*?|tabular|array)\}.*?\\end\{\1\}"
    r"|(?<!\\)\$(?:\\.|[^$\\])+\$",
    re.DOTALL,
)
HIDE_M = re.compile(
    r"\\(?:text\w*|mathrm|mbox|operatorname|begin|end|hspace|vspace|hbox)\*?"
    r"\s*\{[^{}]*\}(?:\{[clr|@{}]+\})?|\\\\\[[\d.]+[a-z]+\]|\[[\d.]+(?:pt|ex"
    r"|em)\]"
)
_IDLE = re.compile(
    r"\$?(?:\\\w+\{ ?)?(?<!\w)\(A\)(?=[^\n]*\s*\S*\(B\)).*|(?<!\w)A[).] (?=.*\bB[).] ).*"
    r"|\b\w\b[$,]{0,3} and \$?\b\w\b\$? are (?:two )?(?:both )?(?:relatively|co-?prime|integers"
    r"|positive)"
    r"[^.]*|relatively prime[^.]*|(?:Express|Give|Round|Enter|Write|Report) (?:your|the|all"
    r"|each)\b[^.]*\."
    r"|\(?Note:?[^.]*\.|[Ff]or example[^.]*\.|\([^()$]*(?:define|denotes|Recall)[^)]*\)",
    re.DOTALL,
)


def is_tex(text: str) -> bool:
    """Whether dollar signs here delimit math (and are not prices)."""
    if re.search(r"(?<!\\)\\[a-zA-Z(\[]", text):
        return True
    return any(
        not re.search(r"[A-Za-z]{3}", m[1]) and len(m[1]) < 90
        for m in re.finditer(r"(?<!\\)\$([^$]+)\$(?!\d)", text)
    )


def segments(text: str) -> list[tuple[int, int]]:
    pattern = _SEG if is_tex(text) else re.compile(r"\[asy\].*?\[/asy\]", re.DOTALL)
    return [m.span() for m in pattern.finditer(text)]


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + "\0" * (end - start) + text[end:]


@lru_cache(maxsize=512)
def masked(text: str, scope: str) -> str:
    """The text with everything out of scope blanked, character for character."""
    segs = segments(text)
    if (scope == "n" and is_tex(text)) or (scope == "q" and not is_tex(text)):
        return "\0" * len(text)
    out = text if scope in "apqn" else "\0" * len(text)
    for start, end in segs:
        body = text[start:end]
        if body.startswith("[asy]") or scope in "pq":
            out = _blank(out, start, end)
        elif scope in "xmv":
            cut = 1 if body[0] == "$" and body[1] != "$" else 0 if body[1] == "b" else 2
            if scope != "x":
                for m in list(HIDE_M.finditer(body)):
                    body = _blank(body, *m.span())
            if scope == "v":
                for m in list(re.finditer(r"\\[A-Za-z]+", body)):
                    body = _blank(body, *m.span())
            inner = body[cut : len(body) - cut]
            out = out[: start + cut] + inner + out[end - cut :]
    if scope in "pq":
        for m in list(re.finditer(r"\\[A-Za-z]+(?:\{[^{}]*\})*|\[asy\].*", out, re.DOTALL)):
            out = _blank(out, *m.span())
    return out


def places(
    text: str,
    scope: str,
    pattern: str,
    repl: Repl,
    rng: random.Random,
) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for m in re.finditer(pattern, masked(text, scope), re.DOTALL):
        if "\0" not in m[0]:
            new = m.expand(repl) if isinstance(repl, str) else repl(m, rng)
            if new != m[0]:
                found.append((*m.span(), new))
    return found


def replaced(text: str, sites: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(sites, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def weighty(text: str, sites: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Without the sites in answer choices, answer formats, notes and lengths of layout."""
    idle = [m.span() for m in _IDLE.finditer(text)] + [m.span() for m in HIDE_M.finditer(text)]
    return [s for s in sites if not any(a < s[1] and s[0] < b for a, b in idle)]


def edits_of(rules: list[Rule], everywhere: bool) -> dict[str, Edit]:
    """One edit per kind: the first of its rules (in seeded order) that changes the text."""
    kinds: dict[str, list[Rule]] = {}
    for rule in rules:
        kinds.setdefault(rule[0], []).append(rule)

    def edit(group: list[Rule]) -> Edit:
        def run(text: str, rng: random.Random) -> str:
            for rule in rng.sample(group, len(group)):
                if len(rule) == 5 and re.search(rule[4], text):
                    continue
                sites = places(text, rule[1], rule[2], rule[3], rng)
                if not everywhere:
                    sites = weighty(text, sites)
                if sites:
                    return replaced(text, sites if everywhere else [rng.choice(sites)])
            return text

        return run

    return {kind: edit(group) for kind, group in kinds.items()}


ASK = (
    r"(?:Find|What|How|Compute|Determine|Calculate|Evaluate|Which|Simplify|Solve|Express"
    r"|Who|If)"
    r"\b"
)


def sentences(text: str) -> list[tuple[int, int]]:
    ends = [
        m.end()
        for m in re.finditer(
            r"(?:(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bMs)(?<!\bSt)(?<!\b[A-Z])(?<!\.[a-z])[.?!]"
            r"(?:[\"')]?\s+|\$\s+|\s*(?:\\\]|\$\$|\\end\{[a-z]+\*?\})\s*))(?=[A-Z$\\])",
            text,
        )
    ]
    inside = segments(text)
    ends = [e for e in ends if not any(a < e < b for a, b in inside)]
    return list(zip([0, *ends], [*ends, len(text)], strict=True))


def asking(text: str) -> tuple[int, int] | None:
    """The last sentence that asks, if any: it ends with ? or starts like a command."""
    for start, end in reversed(sentences(text)):
        body = text[start:end].strip()
        if not re.match(r"Express (?:your|the|each|all)|What does|How can", body) and (
            body.endswith("?") or re.match(ASK, body)
        ):
            return start, start + len(body)
    return None


def mixed(pool: dict[str, Edit], count: int, skip: str = "$.") -> Edit:
    """That many different edits of the pool, one after another; nothing where fewer apply."""

    def run(text: str, rng: random.Random) -> str:
        out, done = text, 0
        for name in rng.sample(sorted(pool), len(pool)):
            if done < count and not re.search(skip, name):
                new = pool[name](out, rng)
                done, out = done + (new != out), new
        return out if done == count else text

    return run


def applied(edits: dict[str, Edit], text: str, seed: int, *, same: bool) -> list[Mutant]:
    out: list[Mutant] = []
    for kind, edit in edits.items():
        new = edit(text, random.Random(f"{seed}:{kind}:{text}"))
        if new != text:
            out.append(Mutant(kind, same, new))
    return out
