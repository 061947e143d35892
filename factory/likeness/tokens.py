"""Tokens: what a text says, not its looks; and the braces they come in.

Spellings of the same mathematics give the same tokens: LaTeX, Unicode and plain signs, fractions,
braces, digit grouping, number words, case, punctuation and markup. A token has a hash (`text`), the
hash of its meaning (`sense`: plural, verb ending and synonyms folded; 0 where it says nothing) and
a kind. Compiled by numba; without it the same code runs as Python, slowly.
"""

from typing import Any, NamedTuple

import numpy as np

from factory.likeness import tables
from factory.likeness.kernel import njit
from factory.likeness.tables import Array, Tables

# Kinds of tokens; all but the first two are mathematics.
WORD, BLANK, NUMERAL, VARIABLE, OPERATOR, BRACKET, NEGATION, MEASURE = range(8)
ASKED = 64  # added to the kind: it stands in a sentence that ends in a question mark

U = np.uint64
SLASH, MINUS, OPEN, CLOSE, POWER, UNDER, PERCENT, STAR, PLUS, EQUAL, BAR = (
    U(tables.fnv(sign)) for sign in "/-()^_%*+=|"
)
LESS, GREATER, BANG, COLON, PRIME = (U(tables.fnv(sign)) for sign in "<>!:'")
AT_MOST, AT_LEAST, UNEQUAL, ARROW = (U(tables.fnv(sign)) for sign in ("<=", ">=", "!=", "->"))
COMMA = U(tables.fnv(","))
DEGREE, ROOT, CHOOSE = (U(tables.fnv(word)) for word in (tables.stem("degree"), "root", "choose"))

# Places in `state`.
COUNT, MATHS, WANTED, DEPTH, SENTENCE, STARTED, SHOUTED, TENSED = range(8)
# Values of MATHS: how the mathematics was opened; SHOWN is an environment.
PROSE, INLINE, ROUND, SQUARE, SHOWN = range(5)
# Values of WANTED: what the next token or group is an argument of.
NOWHERE, ABOVE, BELOW, SCRIPT = range(4)
DEEPEST = 64


class Page(NamedTuple):
    """One text and the tokens read so far; arrays are as long as the longest text and a little."""

    bytes: Array  # uint8, ends in zeros
    text: Array  # uint64
    sense: Array  # uint64
    kind: Array  # uint8
    place: Array  # int32: sentence, counted from 0
    begin: Array  # int32: where the letters of a word begin in `bytes`
    end: Array  # int32: and end; 0 of what is no word
    state: Array  # int64, by the names above
    stack: Array  # int64 [DEEPEST, 3]: token before the brace, what follows it, mode to return to


def page(size: int) -> Page:
    """Room for texts of up to `size` bytes; memory that is not written to is not taken."""
    room = tables.LONGEST * size + 64
    text, sense = np.empty(room, np.uint64), np.empty(room, np.uint64)
    kind, place = np.empty(room, np.uint8), np.empty(room, np.int32)
    begin, end = np.empty(room, np.int32), np.empty(room, np.int32)
    state, stack = np.zeros(8, np.int64), np.zeros((DEEPEST, 3), np.int64)
    return Page(np.empty(room, np.uint8), text, sense, kind, place, begin, end, state, stack)


@njit
def put(page: Page, text: Any, sense: Any, kind: int) -> None:
    """One more token, whatever stood in its place before."""
    n = page.state[COUNT]
    page.text[n], page.sense[n], page.kind[n] = text, sense, kind
    page.place[n], page.end[n] = page.state[SENTENCE], 0
    page.state[COUNT] = n + 1


@njit
def emit(page: Page, text: Any, sense: Any, kind: int) -> None:
    """One more token; closes an argument that has no braces."""
    put(page, text, sense, kind)
    wanted = page.state[WANTED]
    if wanted != NOWHERE:
        page.state[WANTED] = NOWHERE
        if wanted == ABOVE:
            emit_sign(page, SLASH)
            page.state[WANTED] = BELOW


@njit
def emit_sign(page: Page, sign: Any) -> None:
    """One more operator, which never is an argument."""
    put(page, sign, sign, OPERATOR)


@njit
def emit_mark(page: Page, sign: Any) -> None:
    """A comma or the like: two texts without it are two, but it says nothing."""
    put(page, sign, U(0), BLANK)


@njit
def put_bracket(page: Page, sign: Any) -> None:
    """One more bracket, which never is an argument."""
    put(page, sign, sign, BRACKET)


@njit
def sentence_ends(page: Page, asked: bool) -> None:
    """The end of a sentence; one that asks marks all of its tokens."""
    state = page.state
    if asked:
        for k in range(state[STARTED], state[COUNT]):
            page.kind[k] |= np.uint8(ASKED)
    state[STARTED] = state[COUNT]
    state[SENTENCE] += 1


@njit
def opened(page: Page, follows: int, mode: int) -> None:
    """A brace: `follows` is what its group is an argument of, `mode` what holds until it ends."""
    state = page.state
    depth = state[DEPTH]
    state[DEPTH] = depth + 1
    if depth >= DEEPEST:
        return
    page.stack[depth, 0] = state[COUNT]
    page.stack[depth, 1] = follows
    page.stack[depth, 2] = state[MATHS]
    state[MATHS] = mode
    state[WANTED] = NOWHERE
    if follows != NOWHERE:
        put_bracket(page, OPEN)


@njit
def closed(page: Page) -> None:
    """The end of a brace's group: brackets stay where it holds more than one thing."""
    state = page.state
    state[DEPTH] -= 1
    depth = state[DEPTH]
    if depth < 0:
        state[DEPTH] = 0
        return
    if depth >= DEEPEST:
        return
    first, follows = page.stack[depth, 0], page.stack[depth, 1]
    state[MATHS] = page.stack[depth, 2]
    state[WANTED] = NOWHERE
    if follows == NOWHERE:
        return
    inside = state[COUNT] - first - 1
    signed = inside == 2 and page.text[first + 1] == MINUS
    degree = inside == 1 and page.text[first + 1] == DEGREE and first > 0
    if inside <= 1 or signed:
        for k in range(first, state[COUNT] - 1):
            move(page, k + 1, k)
        state[COUNT] -= 1
    else:
        put_bracket(page, CLOSE)
    if degree and page.text[first - 1] == POWER:
        move(page, first, first - 1)
        state[COUNT] -= 1
    if follows == ABOVE:
        emit_sign(page, SLASH)
        state[WANTED] = BELOW


@njit
def move(page: Page, source: int, target: int) -> None:
    """Copy one token over another."""
    page.text[target] = page.text[source]
    page.sense[target] = page.sense[source]
    page.kind[target] = page.kind[source]
    page.place[target] = page.place[source]
    page.begin[target], page.end[target] = page.begin[source], page.end[source]


@njit
def entry(table: Tables, code: Any) -> int:
    """The slot of a spelling, or -1."""
    last = len(table.keys) - 1
    slot = np.int64(code & U(last))
    while table.keys[slot] != U(0):
        if table.keys[slot] == code:
            return int(slot)
        slot = (slot + 1) & last
    return -1
