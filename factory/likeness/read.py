"""Bytes of a problem or rollout -> its `tokens`, from left to right, in one pass without Python."""

from factory.likeness import tokens as tk
from factory.likeness.characters import CLASS, DIGIT, LETTER, SPACE, unfolded
from factory.likeness.kernel import njit, outer
from factory.likeness.labels import closing, opening
from factory.likeness.latex import command, dollar, entity
from factory.likeness.lexemes import letters, number
from factory.likeness.tables import Array, Tables
from factory.likeness.tokens import PROSE, Page, U


@outer
def read(data: Array, start: int, end: int, table: Tables, page: Page) -> int:
    """Read one text; the number of its tokens."""
    size = unfolded(data, start, end, table, page.bytes)
    page.state[:] = 0
    page.state[tk.SHOUTED] = shouted(page.bytes, size)
    i, size = opening(page.bytes), closing(page.bytes, size)
    while i < size:
        kind = CLASS[page.bytes[i]]
        if kind == SPACE:
            i += 1
        elif kind == LETTER:
            i = letters(page, i, table)
        elif kind == DIGIT or (page.bytes[i] == 46 and CLASS[page.bytes[i + 1]] == DIGIT):
            wanted = page.state[tk.WANTED]
            i = number(page, i, wanted == tk.ABOVE or wanted == tk.BELOW)
        else:
            i = sign(page, i, table)
    return page.state[tk.COUNT]


@njit
def shouted(b: Array, size: int) -> int:
    """1 for a text in capitals: they tell nothing there."""
    small = capitals = 0
    for k in range(size):
        small += 97 <= b[k] <= 122
        capitals += 65 <= b[k] <= 90
    return 1 if capitals > 20 and capitals > 2 * small else 0


@njit
def sign(page: Page, i: int, table: Tables) -> int:
    """What is neither space, letter nor digit; returns where to go on."""
    b, byte, state = page.bytes, page.bytes[i], page.state
    if byte == 92:  # \
        return command(page, i, table)
    if byte == 36:  # $
        return dollar(page, i, table)
    if byte == 123:  # {
        wanted = state[tk.WANTED]
        tk.opened(page, wanted, state[tk.MATHS])
    elif byte == 125:  # }
        tk.closed(page)
    elif byte in (46, 63, 33, 59, 44, 58):  # . ? ! ; , :
        stop(page, i)
    elif byte == 38 and CLASS[b[i + 1]] == LETTER:  # &lt;
        return entity(page, i, table)
    elif byte in (40, 41, 91, 93):
        return bracket(page, i) + 1
    else:
        return operator(page, i)
    return i + 1


@njit
def stop(page: Page, i: int) -> None:
    """Punctuation: the end of a clause, perhaps of a sentence; or a factorial, or a ratio."""
    b, byte = page.bytes, page.bytes[i]
    maths = page.state[tk.MATHS] != PROSE
    if byte == 58 and i > 0 and CLASS[b[i - 1]] == DIGIT and CLASS[b[i + 1]] == DIGIT:
        tk.emit_sign(page, tk.COLON)
    elif byte == 33 and (maths or b[i + 1] == 61 or factorial(b, i)):
        tk.emit_sign(page, tk.UNEQUAL if b[i + 1] == 61 else tk.BANG)
    elif byte == 63:
        tk.sentence_ends(page, asked=True)
    elif byte == 44 or byte == 59 or byte == 58:
        page.state[tk.TENSED] = 0
        if beside(page, i, -1) and (maths or beside(page, i, 1)):
            tk.emit_mark(page, tk.COMMA)
    elif byte == 33 or CLASS[b[i + 1]] != LETTER:
        tk.sentence_ends(page, asked=False)


@njit
def factorial(b: Array, i: int) -> bool:
    """Whether an exclamation mark of prose belongs to the numeral or bracket before it."""
    if i == 0 or (CLASS[b[i - 1]] != DIGIT and b[i - 1] != 41):
        return False
    k = i + 1
    while k < i + 4 and CLASS[b[k]] == SPACE and b[k] != 10:
        k += 1
    return b[k] != 0 and b[k] != 10 and b[k] != 34 and not (65 <= b[k] <= 90)


@njit
def bracket(page: Page, i: int) -> int:
    """A bracket counts in mathematics, and in prose beside a numeral, sign or variable."""
    b, byte = page.bytes, page.bytes[i]
    counts = page.state[tk.MATHS] != PROSE
    if not counts and byte == 91 and (b[i + 1] == 47 or b[i + 1] == 73):
        for k in range(i + 4, i + 7):
            if b[k] == 93 and b[k - 1] == 84 and b[k - 3] == 78:  # [INST], [/INST]
                return k
    if not counts and (byte == 40 or byte == 91):
        k = i + 1
        while CLASS[b[k]] == SPACE:
            k += 1
        alone = CLASS[b[k]] == LETTER and CLASS[b[k + 1]] != LETTER
        counts = alone or CLASS[b[k]] == DIGIT or b[k] in (40, 45, 92)
        if byte == 91 and CLASS[b[k]] == DIGIT:  # [5 points]
            while CLASS[b[k]] == DIGIT:
                k += 1
            counts = b[k] in (44, 46, 93)
    elif not counts and i > 0:
        k = i - 1
        while k > 0 and CLASS[b[k]] == SPACE:
            k -= 1
        alone = CLASS[b[k]] == LETTER and (k == 0 or CLASS[b[k - 1]] != LETTER)
        counts = alone or CLASS[b[k]] == DIGIT or b[k] == 41 or b[k] == 125
    if counts:
        tk.put_bracket(page, tk.OPEN if byte == 40 else (tk.CLOSE if byte == 41 else U(byte)))
    return i


@njit
def beside(page: Page, i: int, step: int) -> bool:
    """Whether the next thing on this side is a numeral, variable or bracket."""
    b, k, far = page.bytes, i + step, 0
    while k >= 0 and far < 16 and (b[k] == 32 or b[k] == 36 or b[k] == 42):
        k, far = k + step, far + 1
    if k < 0 or far == 16:
        return False
    if CLASS[b[k]] == LETTER:
        return CLASS[b[k + step]] != LETTER if k + step >= 0 else True
    return CLASS[b[k]] == DIGIT or b[k] in (40, 41, 123, 125, 92, 46)


@njit
def touches(page: Page, i: int) -> bool:
    """Whether a numeral, variable or bracket stands directly before or after."""
    b = page.bytes
    before = i > 0 and CLASS[b[i - 1]] != SPACE and beside(page, i, -1)
    return before or (CLASS[b[i + 1]] != SPACE and beside(page, i, 1))


@outer
def operator(page: Page, i: int) -> int:
    """Signs of arithmetic and order; hyphens, slashes and stars of prose are passed over."""
    b, byte, after = page.bytes, page.bytes[i], page.bytes[i + 1]
    maths = page.state[tk.MATHS] != PROSE
    if byte == 43:
        tk.emit_sign(page, tk.PLUS)
    elif byte == 61:
        tk.emit_sign(page, tk.EQUAL)
        return i + 2 if after == 61 else i + 1
    elif byte == 37:
        tk.emit_sign(page, tk.PERCENT)
    elif byte == 45:
        return minus(page, i, maths)
    elif byte == 47 and (maths or (beside(page, i, -1) and beside(page, i, 1))):
        tk.emit_sign(page, tk.SLASH)
    elif byte == 42 and (maths or (beside(page, i, -1) and beside(page, i, 1) and after != 42)):
        tk.emit_sign(page, tk.STAR)
    elif byte == 94:  # ^
        tk.emit_sign(page, tk.POWER)
        page.state[tk.WANTED] = tk.SCRIPT
    elif byte == 95 and (maths or (beside(page, i, -1) and i > 0 and b[i - 1] != 32)):
        tk.emit_sign(page, tk.UNDER)
        page.state[tk.WANTED] = tk.SCRIPT
    elif byte == 60 or byte == 62:
        return order(page, i, byte, after)
    elif byte == 124 and (maths or touches(page, i)):
        tk.emit_sign(page, tk.BAR)
    elif byte == 39 and (maths or (after in (39, 40) and beside(page, i, -1))):
        tk.emit_sign(page, tk.PRIME)
    elif byte in (35, 64, 126) and beside(page, i, -1) and beside(page, i, 1):
        tk.emit_sign(page, U(byte))  # an operation of the problem's own
    elif byte == 38 and maths:
        tk.emit_mark(page, U(byte))
    return i + 1


@njit
def minus(page: Page, i: int, maths: bool) -> int:
    """A minus, an arrow, or the hyphen or dash of prose."""
    b, k = page.bytes, i
    if maths and b[i + 1] != 62:
        tk.emit_sign(page, tk.MINUS)
        return i + 1
    while b[k] == 45:
        k += 1
    if b[k] == 62:
        tk.emit_sign(page, tk.ARROW)
        return k + 1
    signed = (
        i == 0
        or CLASS[b[i - 1]] == SPACE
        or b[i - 1] in (34, 40, 36, 44, 58, 61, 60, 62, 47, 42, 91, 124)
    )
    counts = CLASS[b[k]] == DIGIT and signed
    if i > 0 and b[i - 1] in (40, 61, 60, 62, 47, 42):
        counts = beside(page, k - 1, 1)
    counts = counts or (beside(page, i, -1) and beside(page, k - 1, 1))
    if maths or (counts and k - i < 3):
        tk.emit_sign(page, tk.MINUS)
    return k


@njit
def order(page: Page, i: int, byte: int, after: int) -> int:
    """< and >, tags of markup and chat templates, quotation marks of Markdown."""
    b = page.bytes
    if after == 61:
        tk.emit_sign(page, tk.AT_MOST if byte == 60 else tk.AT_LEAST)
        return i + 2
    if byte == 60:
        k = i + 1
        while k < i + 24 and b[k] != 32 and b[k] != 62 and b[k] != 0:
            k += 1
        tag = after == 124 or after == 47 or CLASS[after] == LETTER
        known = tag and not (CLASS[after] == LETTER and beside(page, i, -1))
        if known and b[k] == 62 and k > i + 1 and page.state[tk.MATHS] == PROSE:
            return k + 1
    elif i == 0 or b[i - 1] == 10 or b[i - 1] == 124:
        return i + 1
    tk.emit_sign(page, tk.LESS if byte == 60 else tk.GREATER)
    return i + 1
