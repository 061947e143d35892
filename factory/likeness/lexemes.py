"""Numerals and words: the tokens of a run of digits or letters."""

from typing import Any

import numpy as np

from factory.likeness import tables
from factory.likeness import tokens as tk
from factory.likeness.characters import CLASS, DIGIT, LETTER, SPACE
from factory.likeness.kernel import njit
from factory.likeness.tables import Array, Tables
from factory.likeness.tokens import PROSE, Page, U

OFFSET, PRIME = U(tables.OFFSET), U(tables.PRIME)
ONE = U(tables.fnv("one"))


@njit
def number(page: Page, i: int, single: bool) -> int:
    """A numeral without digit grouping, zeros that end its decimals, and the ending of ordinals."""
    b, code = page.bytes, OFFSET
    listed = i > 0 and b[i - 1] in (40, 44, 91, 123)  # (1,234) is a pair
    if b[i] == 46:  # .5
        code = (code ^ U(48)) * PRIME
    elif single:
        code = (code ^ U(b[i])) * PRIME
        tk.emit(page, code, code, tk.NUMERAL)
        return i + 1
    digits = 0
    while CLASS[b[i]] == DIGIT:
        code = (code ^ U(b[i])) * PRIME
        i, digits = i + 1, digits + 1
        skip = 0 if listed or digits > 6 else grouping(b, i)
        if skip and CLASS[b[i]] != DIGIT:
            i, digits = i + skip, 6
    if b[i] == 46 and CLASS[b[i + 1]] == DIGIT:
        i, code = decimals(b, i, code)
    tk.emit(page, code, code, tk.NUMERAL)
    if page.state[tk.MATHS] != PROSE:
        return i
    first, second = b[i] | 32, b[i + 1] | 32
    ending = (first == 115 and second == 116) or (first == 110 and second == 100)
    ending = ending or (first == 114 and second == 100) or (first == 116 and second == 104)
    return i + 2 if ending and CLASS[b[i + 2]] != LETTER else i


@njit
def decimals(b: Array, i: int, code: Any) -> tuple[int, Any]:
    """Where the decimals end, and the hash with them; 5.00 is 5."""
    end = i + 1
    while CLASS[b[end]] == DIGIT:
        end += 1
    last = end
    while b[last - 1] == 48:
        last -= 1
    for k in range(i, last if last > i + 1 else i):
        code = (code ^ U(b[k])) * PRIME
    return end, code


@njit
def grouping(b: Array, i: int) -> int:
    """The length of a separator of thousands that stands here, else 0."""
    size = 0
    if b[i] == 44:  # ,
        size = 1
    elif b[i] == 123 and b[i + 1] == 44 and b[i + 2] == 125:  # {,}
        size = 3
    elif b[i] == 92 and (b[i + 1] == 44 or b[i + 1] == 33):  # \, \!
        size = 2
        if b[i + 1] == 33 and b[i + 2] == 44:
            return 0
    if size == 0:
        return 0
    for k in range(i + size, i + size + 3):
        if CLASS[b[k]] != DIGIT:
            return 0
    return 0 if CLASS[b[i + size + 3]] == DIGIT else size


@njit
def letters(page: Page, i: int, table: Tables) -> int:
    """A word, or variables that stand side by side."""
    b, start, capitals = page.bytes, i, 0
    code, c1, c2, c3 = OFFSET, OFFSET, OFFSET, OFFSET  # of the word without its last letters
    while CLASS[b[i]] == LETTER:
        byte = b[i]
        if 65 <= byte <= 90:
            capitals += 1
            byte += 32
        c3, c2, c1, code = c2, c1, code, (code ^ U(byte)) * PRIME
        i += 1
    size = i - start
    after = apostrophe(page, start, i)
    if after > i:
        whole = hashed(b, start, after)
        slot = tk.entry(table, whole)
        if slot >= 0 and table.kinds[slot] == tables.NOT:
            tk.emit(page, U(table.values[slot]), U(table.values[slot]), tk.NEGATION)
            return after
    slot = tk.entry(table, code)
    if capitals == size > 5 and slot < 0 and not page.state[tk.SHOUTED]:
        tk.emit(page, code, code, tk.VARIABLE)  # the letters of MISSISSIPPI
        return i
    if apart(page, table, start, size, capitals, slot):
        for k in range(start, i):
            byte = b[k] | 32 if page.state[tk.SHOUTED] else b[k]
            one = (OFFSET ^ U(byte)) * PRIME
            tk.emit(page, one, one, tk.VARIABLE)
        return max(after, i)
    last, before = b[i - 1] | 32, b[i - 2] | 32
    stem = code
    if before != last or last != 115:  # not ss
        if size >= 6 and last == 103 and before == 110 and (b[i - 3] | 32) == 105:
            stem = c3
        elif size >= 5 and (last == 100 or last == 115) and before == 101:
            stem = c2
        elif size >= 4 and (last == 115 or last == 101):
            stem = c1
    if slot < 0:
        slot = tk.entry(table, stem)
    n = page.state[tk.COUNT]
    word(page, table, code, stem, slot)
    last = page.state[tk.COUNT] - 1
    page.begin[last], page.end[last] = start, i if last == n else 0  # twenty-three is one token
    return max(after, i)


@njit
def hashed(b: Array, start: int, end: int) -> Any:
    """The hash of the bytes, in lower case."""
    code = OFFSET
    for k in range(start, end):
        byte = b[k] + 32 if 65 <= b[k] <= 90 else b[k]
        code = (code ^ U(byte)) * PRIME
    return code


@njit
def apostrophe(page: Page, start: int, i: int) -> int:
    """Where a word ends together with its 's, n't, 're; `i` where it has none."""
    b = page.bytes
    if b[i] != 39 or page.state[tk.MATHS] != PROSE or CLASS[b[i + 1]] != LETTER:
        return i
    end = i + 1
    while CLASS[b[end]] == LETTER:
        end += 1
    return end if end - i <= 3 else i


@njit
def apart(page: Page, table: Tables, start: int, size: int, capitals: int, slot: int) -> bool:
    """Whether a run of letters is variables side by side, not a word."""
    b, state = page.bytes, page.state
    if b[start] >= 0x80:
        return False
    if state[tk.MATHS] != PROSE:
        return not (slot >= 0 and size >= 3) and size < 12
    if size == 1:
        if b[start] == 97 or b[start] == 73:  # a, I
            return b[start + 1] in (94, 95, 61, 43, 60, 62)  # a_1, a=b
        return b[start] != 65 or not begins(b, start)
    if slot >= 0 or state[tk.SHOUTED]:
        return False
    if size == 2 and capitals == 0:
        return not (vowel(b[start]) or vowel(b[start + 1]))
    return capitals == size and size <= 5


@njit
def vowel(byte: int) -> bool:
    """a, e, i, o, u, y."""
    return byte in (97, 101, 105, 111, 117, 121)


@njit
def begins(b: Array, start: int) -> bool:
    """Whether a capital A is the article that begins a sentence."""
    k = start - 1
    while k >= 0 and (b[k] == 32 or b[k] == 9):
        k -= 1
    first = k < 0 or b[k] in (46, 33, 63, 58, 93, 41, 62, 10, 13, 34, 42, 96)
    k = start + 1
    while CLASS[b[k]] == SPACE:
        k += 1
    return first and k > start + 1 and (b[k] >= 97 or CLASS[b[k]] == DIGIT)


@njit
def word(page: Page, table: Tables, code: Any, stem: Any, slot: int) -> None:
    """The token of a word, by what the tables say of it."""
    kind = table.kinds[slot] if slot >= 0 else tables.NOTHING
    value = table.values[slot] if slot >= 0 else U(0)
    if kind == tables.NOTHING:
        tk.emit(page, code, stem, tk.WORD)
    elif kind == tables.EMPTY:
        tensed = page.state[tk.TENSED]
        if code == ONE and tensed and tensed == page.state[tk.COUNT]:
            units(page, table, 1)
        else:
            tk.emit(page, code, U(0), tk.BLANK)
    elif kind == tables.SAME:
        tk.emit(page, code, value, tk.WORD)
    elif kind == tables.NUMBER:
        units(page, table, np.int64(value))
    elif kind == tables.TENS:
        tk.emit(page, table.numbers[value], table.numbers[value], tk.NUMERAL)
        page.state[tk.TENSED] = page.state[tk.COUNT]
    elif kind == tables.QUANTITY:
        tk.emit(page, code, value, tk.MEASURE)
    elif kind == tables.NOT:
        tk.emit(page, value, value, tk.NEGATION)
    else:
        tk.emit(page, value, value, tk.OPERATOR)


@njit
def units(page: Page, table: Tables, value: int) -> None:
    """A number word; after twenty, thirty, ... it completes that."""
    n = page.state[tk.COUNT]
    if n and 1 <= value <= 9 and page.kind[n - 1] == tk.NUMERAL:
        for tens in range(20, 100, 10):
            if page.text[n - 1] == table.numbers[tens] and page.state[tk.TENSED] == n:
                page.text[n - 1] = page.sense[n - 1] = table.numbers[tens + value]
                return
    tk.emit(page, table.numbers[value], table.numbers[value], tk.NUMERAL)
