"""Labels at the ends of a text: `Problem 12.`, `### Question:`, `(5 points)`, `Answer:`.

A numeral goes only with the mark that makes it a label: `12 points lie on a circle` keeps its 12.
"""

from factory.likeness import tables, words
from factory.likeness.characters import CLASS, DIGIT, LETTER, SPACE
from factory.likeness.kernel import njit
from factory.likeness.lexemes import hashed
from factory.likeness.tables import Array
from factory.likeness.tokens import U

OPENERS, CLOSERS, POINTS = (
    tuple(U(tables.fnv(word)) for word in names.split())
    for names in (words.OPENERS, words.CLOSERS, words.POINTS)
)
MANY = 4  # labels one after the other


@njit
def opening(b: Array) -> int:
    """Where the text begins after its labels."""
    i = 0
    for _ in range(MANY):
        k = passed(b, i)
        if CLASS[b[k]] == LETTER:
            after = headed(b, k)
        elif b[k] == 40 or b[k] == 91:
            after = valued(b, k)
            if after == 0:
                after = numbered(b, k + 1)
        else:
            after = numbered(b, k)
        if after == 0:
            break
        i = after
    return i


@njit
def passed(b: Array, i: int) -> int:
    """Where something else stands than spaces, # and *."""
    while CLASS[b[i]] == SPACE or b[i] == 35 or b[i] == 42:
        i += 1
    return i


@njit
def headed(b: Array, k: int) -> int:
    """Where `Question 12:` ends, or 0."""
    end = k
    while CLASS[b[end]] == LETTER:
        end += 1
    if hashed(b, k, end) not in OPENERS:
        return 0
    broken = False
    while CLASS[b[end]] in (SPACE, DIGIT) or b[end] == 42 or b[end] == 35:
        broken = broken or b[end] == 10
        if broken and CLASS[b[end]] == DIGIT:
            return end
        end += 1
    if b[end] == 58 or ((b[end] == 46 or b[end] == 41) and CLASS[b[end - 1]] == DIGIT):
        return end + 1
    return end if broken else 0


@njit
def valued(b: Array, k: int) -> int:
    """Where `(5 points)` ends, or 0."""
    k += 1
    first = k
    while CLASS[b[k]] == DIGIT:
        k += 1
    if k == first:
        return 0
    while CLASS[b[k]] == SPACE:
        k += 1
    start = k
    while CLASS[b[k]] == LETTER:
        k += 1
    closed = b[k] == 41 or b[k] == 93
    return k + 1 if closed and hashed(b, start, k) in POINTS else 0


@njit
def numbered(b: Array, k: int) -> int:
    """Where `12. ` or `12) ` before a word ends, or 0."""
    first = k
    while CLASS[b[k]] == DIGIT:
        k += 1
    if k == first or k - first > 3 or (b[k] != 46 and b[k] != 41):
        return 0
    after = k + 1
    while CLASS[b[after]] == SPACE and b[after] != 0:
        after += 1
    word = CLASS[b[after]] == LETTER and (CLASS[b[after + 1]] == LETTER or b[after] == 65)
    return after if after > k + 1 and word else 0


@njit
def closing(b: Array, size: int) -> int:
    """Where the text ends before its labels."""
    end = size
    while end > 0 and (CLASS[b[end - 1]] == SPACE or b[end - 1] == 42):
        end -= 1
    if end > 1 and b[end - 1] == 58:
        k = end - 1
        while k > 0 and CLASS[b[k - 1]] == LETTER:
            k -= 1
        while k > 0 and b[k] != 0 and (b[k - 1] == 35 or b[k - 1] == 42):
            k -= 1
        start = k
        while b[start] == 35 or b[start] == 42:
            start += 1
        if k > 0 and CLASS[b[k - 1]] == SPACE and hashed(b, start, end - 1) in CLOSERS:
            return k
    if end > 2 and (b[end - 1] == 41 or b[end - 1] == 93):
        k = end - 1
        while k > 0 and end - k < 16 and b[k] != 40 and b[k] != 91:
            k -= 1
        if (b[k] == 40 or b[k] == 91) and k > 0 and valued(b, k) == end:
            return k
    return size
