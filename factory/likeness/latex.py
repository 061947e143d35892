"""LaTeX: commands, dollar signs, entities."""

import numpy as np

from factory.likeness import tables
from factory.likeness import tokens as tk
from factory.likeness.characters import CLASS, DIGIT, LETTER, SPACE
from factory.likeness.kernel import njit, outer
from factory.likeness.lexemes import OFFSET, PRIME, hashed, letters
from factory.likeness.tables import Array, Tables
from factory.likeness.tokens import INLINE, PROSE, ROUND, SHOWN, SQUARE, Page, U

FAR = 300  # bytes: further on no closing $ is looked for
TEXT_ENVIRONMENTS = tuple(
    U(tables.fnv(name)) for name in ("itemize", "enumerate", "center", "tabular", "document")
)
CIRCLE, BRACE, UNBRACE = (U(tables.fnv(sign)) for sign in ("circ", "{", "}"))
ROW = U(tables.fnv("\\\\"))
CIRC = U(tables.fnv("\\circ"))


@njit
def named(b: Array, start: int, end: int) -> np.uint64:
    """The hash of a command's name, with its backslash."""
    code = (OFFSET ^ U(92)) * PRIME
    for k in range(start, end):
        code = (code ^ U(b[k])) * PRIME
    return code


@njit
def function(b: Array, start: int, end: int, table: Tables) -> int:
    """The slot of a function's plain name, as `cos`; or -1."""
    slot = tk.entry(table, hashed(b, start, end))
    return slot if slot >= 0 and table.kinds[slot] == tables.FUNCTION else -1


@outer
def command(page: Page, i: int, table: Tables) -> int:
    """A backslash and what it commands; returns where to go on."""
    b, state = page.bytes, page.state
    if CLASS[b[i + 1]] != LETTER or b[i + 1] >= 0x80:
        return mark(page, i, table)
    k = i + 1
    while CLASS[b[k]] == LETTER and b[k] < 0x80:
        k += 1
    code = named(b, i + 1, k)
    slot = tk.entry(table, code)
    kind = table.kinds[slot] if slot >= 0 else tables.NOTHING
    if code == CIRC:
        circle(page)
    elif kind == tables.NOTHING:
        plain = function(b, i + 1, k, table)
        sign = U(table.values[plain]) if plain >= 0 else code
        tk.emit(page, sign, sign, tk.OPERATOR)
    elif kind == tables.SIGN:
        tk.emit_sign(page, U(table.values[slot]))
    elif kind == tables.LETTER:
        tk.emit(page, U(table.values[slot]), U(table.values[slot]), tk.VARIABLE)
    elif kind == tables.ROOT:
        tk.emit_sign(page, tk.ROOT)
        state[tk.WANTED] = tk.SCRIPT
    elif kind == tables.FRACTION or kind == tables.CHOICE:
        if kind == tables.CHOICE:
            tk.emit_sign(page, tk.CHOOSE)
        state[tk.WANTED] = tk.ABOVE
    elif kind != tables.DROP:
        return structure(page, i, k, kind, table)
    return k


@njit
def structure(page: Page, i: int, k: int, kind: int, table: Tables) -> int:
    """Commands that read what follows in their own way."""
    b, state = page.bytes, page.state
    if kind == tables.CALLED:  # \triangle is the word
        before, state[tk.MATHS] = state[tk.MATHS], PROSE
        letters(page, i + 1, table)
        state[tk.MATHS] = before
        return k
    while CLASS[b[k]] == SPACE or b[k] == 42:
        k += 1
    if b[k] != 123:
        return k
    if kind == tables.TEXT:
        tk.opened(page, tk.NOWHERE, PROSE)
        return k + 1
    end = k + 1
    while b[end] != 125 and b[end] != 0 and end < k + 100:
        end += 1
    if kind == tables.BEGIN or kind == tables.END:
        environment(page, k + 1, end, kind)
    return end + 1 if b[end] == 125 else k


@njit
def environment(page: Page, start: int, end: int, kind: int) -> None:
    """Mathematics, but for lists and tables; a matrix keeps its name."""
    b, state = page.bytes, page.state
    code = hashed(b, start, end)
    if kind == tables.END:
        if state[tk.MATHS] == SHOWN:
            state[tk.MATHS] = PROSE
    elif code not in TEXT_ENVIRONMENTS and state[tk.MATHS] == PROSE:
        state[tk.MATHS] = SHOWN
    if b[end - 1] == 120 and kind == tables.BEGIN:  # ...matrix
        tk.emit(page, code, code, tk.OPERATOR)


@njit
def circle(page: Page) -> None:
    r"""^\circ and ^{\circ} are degrees; elsewhere the sign composes functions."""
    n = page.state[tk.COUNT]
    if n and page.text[n - 1] == tk.POWER:
        page.state[tk.COUNT] = n - 1
        page.state[tk.WANTED] = tk.NOWHERE
        tk.emit(page, tk.DEGREE, tk.DEGREE, tk.WORD)
    elif n > 1 and page.text[n - 1] == tk.OPEN and page.text[n - 2] == tk.POWER:
        tk.emit(page, tk.DEGREE, tk.DEGREE, tk.WORD)
    else:
        tk.emit_sign(page, CIRCLE)


@njit
def mark(page: Page, i: int, table: Tables) -> int:
    """A backslash before something else than a letter."""
    b, after, state = page.bytes, page.bytes[i + 1], page.state
    if after == 92 and CLASS[b[i + 2]] == LETTER:  # \\\\frac, out of a string written twice
        k = i + 2
        while CLASS[b[k]] == LETTER:
            k += 1
        known = function(b, i + 2, k, table) >= 0 or tk.entry(table, named(b, i + 2, k)) >= 0
        long = state[tk.MATHS] != PROSE and k - i > 5  # a row of a matrix may begin with xyz
        if known or long:
            return i + 1
    if after == 40 or after == 91:
        if state[tk.MATHS] == PROSE:
            state[tk.MATHS] = ROUND if after == 40 else SQUARE
    elif after == 41 or after == 93:
        if state[tk.MATHS] == ROUND or state[tk.MATHS] == SQUARE:
            state[tk.MATHS] = PROSE
        state[tk.WANTED] = tk.NOWHERE
    elif after == 37:
        tk.emit_sign(page, tk.PERCENT)
    elif after == 92 and state[tk.MATHS] != PROSE:
        tk.emit_mark(page, ROW)
    elif after == 124:
        tk.emit_sign(page, tk.BAR)
    elif after == 123 or after == 125:
        tk.put_bracket(page, BRACE if after == 123 else UNBRACE)
    return i + 2 if after else i + 1


@outer
def dollar(page: Page, i: int, table: Tables) -> int:
    """A dollar sign opens or closes mathematics, or is money."""
    b, state = page.bytes, page.state
    double = b[i + 1] == 36
    after = i + 2 if double else i + 1
    if state[tk.MATHS] == INLINE:
        state[tk.MATHS], state[tk.WANTED] = PROSE, tk.NOWHERE
    elif state[tk.MATHS] == PROSE and (double or is_maths(b, after, table)):
        state[tk.MATHS] = INLINE
    return after


@njit
def is_maths(b: Array, start: int, table: Tables) -> bool:
    """Whether a closing $ is near and what stands between is not prose about money."""
    k = start
    while b[k] != 36:
        if b[k] == 0 or k > start + FAR:
            return False
        if b[k] == 92 and b[k + 1] != 0:
            k += 2
            while CLASS[b[k]] == LETTER:
                k += 1
            continue
        if CLASS[b[k]] != LETTER:
            k += 1
            continue
        first = k
        while CLASS[b[k]] == LETTER:
            k += 1
        if prose(b, first, k, table):
            return False
    return not (CLASS[b[k - 1]] == SPACE and CLASS[b[k + 1]] == DIGIT)


@njit
def prose(b: Array, first: int, end: int, table: Tables) -> bool:
    """Whether letters between two dollar signs are a word of a sentence."""
    left, right = CLASS[b[first - 1]] == SPACE, CLASS[b[end]] == SPACE
    if end - first >= 4:
        return left or right
    if end - first == 1 or not (left and right):
        return False
    slot = tk.entry(table, hashed(b, first, end))
    return slot >= 0 and table.kinds[slot] == tables.EMPTY


@njit
def entity(page: Page, i: int, table: Tables) -> int:
    """&lt; and the like are commands of another markup."""
    b, k = page.bytes, i + 1
    while CLASS[b[k]] == LETTER:
        k += 1
    if b[k] != 59 or k > i + 8:
        return i + 1
    slot = tk.entry(table, named(b, i + 1, k))
    if slot >= 0 and table.kinds[slot] == tables.SIGN:
        tk.emit_sign(page, U(table.values[slot]))
    return k + 1
