"""What travels with a problem and is none of it, taken off its tokens at either end or anywhere."""

from functools import cache
from typing import NamedTuple

import numpy as np

from factory.likeness import tables, words
from factory.likeness import tokens as tk
from factory.likeness.kernel import njit
from factory.likeness.read import read
from factory.likeness.tables import Array
from factory.likeness.tokens import Page, U

HEADS = 1024  # lists of phrases by their first token
FORMS = """
    {} # | {} # ) | # {} | {} # problem # | {} # problem # ) | # {} problem # | {} # # | {} # # )
    {}
    source # {} # B | source # {} # A | source # {} # | source # {} | source {} # | # {} # B
    # {} # A | source
"""
BEFORE, AFTER, ANYWHERE = range(3)


class Phrases(NamedTuple):
    """Phrases as token hashes; 0 stands for any numeral."""

    starts: Array  # int32: where each begins in `tokens`
    tokens: Array  # uint64
    where: Array  # uint8
    heads: Array  # int32 by first token: a phrase that may stand anywhere, or -1
    nexts: Array  # int32: the next phrase of the list


def _phrases() -> list[tuple[int, str]]:
    found = [(BEFORE, p) for p in _split(words.BEFORE)] + [(AFTER, p) for p in _split(words.AFTER)]
    found += [(ANYWHERE, p) for p in _split(words.ANYWHERE)]
    for contest in words.CONTESTS.split():
        for form in _split(FORMS):
            found += [(where, form.format(contest)) for where in (BEFORE, AFTER)]
    return sorted(found, key=lambda phrase: -len(phrase[1].split()))


def _split(text: str) -> list[str]:
    return [" ".join(p.split()) for p in text.replace("\n", "|").split("|") if p.strip()]


@cache
def load() -> Phrases:
    """The phrases of `words`, read as any text is."""
    starts, tokens, where = [0], [], []
    heads, nexts = np.full(HEADS, -1, np.int32), []
    for number, (place, phrase) in enumerate(_phrases()):
        data = np.frombuffer(phrase.replace("#", "7").encode(), np.uint8)
        page = tk.page(len(data))
        count = read(data, 0, len(data), tables.load(), page)
        numeral = page.kind[:count] == tk.NUMERAL
        read_as = np.where(numeral & ("#" in phrase), U(0), page.text[:count])
        tokens += read_as.tolist()
        starts.append(len(tokens))
        where.append(place)
        head = int(read_as[0]) % HEADS
        nexts.append(heads[head])
        if place == ANYWHERE:
            heads[head] = number
    return Phrases(
        np.array(starts, np.int32), np.array(tokens, np.uint64), np.array(where, np.uint8),
        heads, np.array(nexts, np.int32),
    )  # fmt: skip


@njit
def matches(page: Page, at: int, phrase: int, phrases: Phrases) -> bool:
    """Whether a phrase stands at a token."""
    first, last = phrases.starts[phrase], phrases.starts[phrase + 1]
    if at < 0 or at + last - first > page.state[tk.COUNT]:
        return False
    for k in range(first, last):
        wanted, there = phrases.tokens[k], at + k - first
        numeral = wanted == U(0) and page.kind[there] & 63 == tk.NUMERAL
        if wanted != page.text[there] and not numeral:
            return False
    return True


@njit
def stripped(page: Page, phrases: Phrases) -> None:
    """Take the phrases off; a text of nothing else keeps them."""
    count = page.state[tk.COUNT]
    target = at = 0
    while at < count:
        skip = anywhere(page, at, phrases)
        if skip == 0:
            if target != at:
                tk.move(page, at, target)
            target, at = target + 1, at + 1
        at += skip
    if target == 0:
        return
    page.state[tk.COUNT] = target
    first = 0
    skip = at_end(page, first, BEFORE, phrases)
    while skip and first + skip < page.state[tk.COUNT]:
        first += skip
        skip = at_end(page, first, BEFORE, phrases)
    skip = at_end(page, first, AFTER, phrases)
    while skip and first + skip < page.state[tk.COUNT]:
        page.state[tk.COUNT] -= skip
        skip = at_end(page, first, AFTER, phrases)
    if first:
        for k in range(first, page.state[tk.COUNT]):
            tk.move(page, k, k - first)
        page.state[tk.COUNT] -= first


@njit
def anywhere(page: Page, at: int, phrases: Phrases) -> int:
    """The length of the phrase that stands at a token, or 0."""
    phrase = phrases.heads[np.int64(page.text[at] % U(HEADS))]
    while phrase >= 0:
        if matches(page, at, phrase, phrases):
            return int(phrases.starts[phrase + 1] - phrases.starts[phrase])
        phrase = phrases.nexts[phrase]
    return 0


@njit
def at_end(page: Page, first: int, where: int, phrases: Phrases) -> int:
    """The length of the phrase at the begin or end of what is left, or 0."""
    for phrase in range(len(phrases.where)):
        size = phrases.starts[phrase + 1] - phrases.starts[phrase]
        at = first if where == BEFORE else page.state[tk.COUNT] - size
        if phrases.where[phrase] == where and at >= first and matches(page, at, phrase, phrases):
            return int(size)
    return 0
