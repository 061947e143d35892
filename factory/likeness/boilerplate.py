"""What travels with a problem and is none of it, taken off its tokens at either end or anywhere."""

from functools import cache
from typing import NamedTuple

import numpy as np

from factory.likeness import tables, words
from factory.likeness import tokens as tk
from factory.likeness.kernel import njit, outer
from factory.likeness.read import read
from factory.likeness.tables import Array, Tables
from factory.likeness.tokens import Page, U

HEADS = 1024  # lists of phrases by their first token
FORMS = """
    {} # ) | {} # # ) | {} # problem # ) | ( # {} ) | ( # {} # ) | ( # {} # problem # )
    {} # ] | {} # # ] | {} # problem # ] | # {} # ] | # {} # problem # ]
    source # {} # B | source # {} # A | source # {} # | source # {} | source {} # | source {}
"""
BEFORE, AFTER, ANYWHERE = range(3)


class Phrases(NamedTuple):
    """Phrases as token hashes; 0 stands for any numeral."""

    starts: Array  # int32: where each begins in `tokens`
    tokens: Array  # uint64
    heads: Array  # int32 [3, HEADS + 1]: a phrase by where it stands and its outer token, or -1
    nexts: Array  # int32: the next phrase of the list


def _phrases() -> list[tuple[int, str]]:
    found = [(BEFORE, p) for p in _split(words.BEFORE)] + [(AFTER, p) for p in _split(words.AFTER)]
    found += [(ANYWHERE, p) for p in _split(words.ANYWHERE)]
    for contest in words.CONTESTS.split():
        for form in _split(FORMS):
            found += [(where, form.format(contest)) for where in (BEFORE, AFTER)]
    return sorted(found, key=lambda phrase: len(phrase[1].split()))  # the last one is met first


def _split(text: str) -> list[str]:
    return [" ".join(p.split()) for p in text.replace("\n", "|").split("|") if p.strip()]


@cache
def load() -> Phrases:
    """The phrases of `words`, read as any text is."""
    starts, tokens, nexts = [0], [], []
    heads = np.full((3, HEADS + 1), -1, np.int32)
    for number, (where, phrase) in enumerate(_phrases()):
        data = np.frombuffer(phrase.replace("#", "7").encode(), np.uint8)
        page = tk.page(len(data))
        count = read(data, 0, len(data), tables.load(), page)
        numeral = page.kind[:count] == tk.NUMERAL
        read_as = np.where(numeral & ("#" in phrase), U(0), page.text[:count]).tolist()
        tokens += read_as
        starts.append(len(tokens))
        outer_token = read_as[-1 if where == AFTER else 0]
        head = outer_token % HEADS if outer_token else HEADS
        nexts.append(heads[where, head])
        heads[where, head] = number
    return Phrases(
        np.array(starts, np.int32), np.array(tokens, np.uint64), heads, np.array(nexts, np.int32)
    )


@outer
def tokenised(
    data: Array, start: int, end: int, table: Tables, phrases: Phrases, page: Page
) -> int:
    """Read a text and take its boilerplate off; the number of its tokens."""
    read(data, start, end, table, page)
    stripped(page, phrases)
    return int(page.state[tk.COUNT])


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
        skip = standing(page, at, 0, ANYWHERE, phrases)
        if skip == 0:
            if target != at:
                tk.move(page, at, target)
            target, at = target + 1, at + 1
        at += skip
    if target == 0:
        return
    page.state[tk.COUNT] = target
    first = 0
    skip = standing(page, first, first, BEFORE, phrases)
    while skip and first + skip < page.state[tk.COUNT]:
        first += skip
        skip = standing(page, first, first, BEFORE, phrases)
    skip = standing(page, page.state[tk.COUNT] - 1, first, AFTER, phrases)
    while skip and first + skip < page.state[tk.COUNT]:
        page.state[tk.COUNT] -= skip
        skip = standing(page, page.state[tk.COUNT] - 1, first, AFTER, phrases)
    if first:
        for k in range(first, page.state[tk.COUNT]):
            tk.move(page, k, k - first)
        page.state[tk.COUNT] -= first


@njit
def standing(page: Page, at: int, first: int, where: int, phrases: Phrases) -> int:
    """The length of the phrase that begins at a token, or of one AFTER that ends there; or 0.

    None that stands ANYWHERE begins with a numeral.
    """
    size = listed(page, at, first, where, np.int64(page.text[at] % U(HEADS)), phrases)
    if size == 0 and where != ANYWHERE and page.kind[at] & 63 == tk.NUMERAL:
        size = listed(page, at, first, where, HEADS, phrases)
    return size


@njit
def listed(page: Page, at: int, first: int, where: int, head: int, phrases: Phrases) -> int:
    """The length of the first phrase of a list that stands here, or 0."""
    phrase = phrases.heads[where, head]
    while phrase >= 0:
        size = phrases.starts[phrase + 1] - phrases.starts[phrase]
        begin = at - size + 1 if where == AFTER else at
        if begin >= first and matches(page, begin, phrase, phrases):
            return int(size)
        phrase = phrases.nexts[phrase]
    return 0
