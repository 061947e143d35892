"""`words` and `symbols` as arrays: one hash table of spellings, one map of characters."""

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np

from factory.likeness import symbols, words

Array = np.ndarray

# What a spelling does. The first kinds are tokens, the others tell the reader what to do.
(
    NOTHING, EMPTY, SAME, NUMBER, TENS, QUANTITY, NOT, FUNCTION, SIGN, LETTER,
    DROP, TEXT, SKIP, ROOT, FRACTION, CHOICE, BEGIN, END, CALLED,
) = range(19)  # fmt: skip

LONGEST = 6  # times its own bytes, at most, is what stands for a character
OFFSET, PRIME, MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


class Tables(NamedTuple):
    """A spelling's hash -> its kind and value; a code point -> the bytes that stand for it."""

    keys: Array  # uint64, open addressing; 0 is free
    kinds: Array  # uint8
    values: Array  # uint64: the hash that stands for the meaning, or a number
    places: Array  # int32 by code point: 0 unchanged, else 1 + place in `starts`
    starts: Array  # int32
    blob: Array  # uint8
    numbers: Array  # uint64: hash of "0" .. "99"


def fnv(text: str) -> int:
    """64-bit FNV-1a of the UTF-8 bytes, never 0: what the reader computes letter by letter."""
    value = OFFSET
    for byte in text.encode():
        value = ((value ^ byte) * PRIME) & MASK
    return value or 1


def stem(word: str) -> str:
    """A word without its plural or verb ending, as the reader cuts it."""
    for ending, least in (("ing", 6), ("ed", 5), ("es", 5), ("s", 4), ("e", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return word[: -len(ending)]
    return word


def _lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


def _groups(text: str) -> list[list[str]]:
    return [part.split() for part in " ".join(text.split()).split("|")]


@cache
def meanings() -> dict[str, int]:
    """Every word of `words.SAME` -> the sense of the first line that has it."""
    found: dict[str, int] = {}
    for line in _lines(words.SAME):
        for word in line:
            found.setdefault(word, fnv("~" + line[0]))
    return found


def _spellings() -> dict[str, tuple[int, int]]:
    """Every spelling with its kind and value; a stem where the word itself is not told apart."""
    table: dict[str, tuple[int, int]] = {}
    for word, sense in meanings().items():
        for spelling in (word, stem(word)):
            table.setdefault(spelling, (SAME, sense))
    for meaning in _groups(words.QUANTITIES):
        table |= {w: (QUANTITY, fnv("~" + meaning[0])) for w in meaning}
    table |= {word: (NUMBER, n) for n, word in enumerate(words.NUMBERS.split())}
    table |= {word: (TENS, 10 * n) for n, word in enumerate(words.TENS.split(), 3)}
    table["twenty"] = (TENS, 20)
    multiples = words.MULTIPLES.split()
    table |= {w: (NUMBER, int(n)) for w, n in zip(multiples[::2], multiples[1::2], strict=True)}
    table |= dict.fromkeys(f"{words.EMPTY} {words.CONTESTS}".split(), (EMPTY, 0))
    table |= dict.fromkeys(words.NEGATIONS.split(), (NOT, fnv("not")))
    table |= {word: (FUNCTION, fnv(word)) for word in symbols.FUNCTIONS.split()}
    table["percent"] = table["percentage"] = (SIGN, fnv("%"))
    return table


def _commands() -> dict[str, tuple[int, int]]:
    table: dict[str, tuple[int, int]] = {}
    for sign, names in symbols.COMMANDS.items():
        table |= {name: (SIGN, fnv(sign)) for name in names.split()}
    table |= {name: (LETTER, fnv(name)) for name in symbols.GREEK.split()}
    table["varepsilon"] = table["epsilon"]
    table["varphi"] = table["phi"]
    for kind, names in (
        (DROP, symbols.LOOKS), (TEXT, symbols.TEXTS), (SKIP, symbols.SKIPPED),
        (ROOT, symbols.ROOTS), (FRACTION, symbols.FRACTIONS), (CHOICE, symbols.CHOICES),
        (CALLED, symbols.WORDS),
    ):  # fmt: skip
        table |= dict.fromkeys(names.split(), (kind, 0))
    table |= {"begin": (BEGIN, 0), "end": (END, 0)}
    return {"\\" + name: entry for name, entry in table.items()}


def _hashed(entries: dict[str, tuple[int, int]]) -> tuple[Array, Array, Array]:
    size = 1 << (len(entries) * 4).bit_length()
    keys, kinds = np.zeros(size, np.uint64), np.zeros(size, np.uint8)
    values = np.zeros(size, np.uint64)
    for spelling, (kind, value) in entries.items():
        code = fnv(spelling)
        slot = code & (size - 1)
        while keys[slot]:
            slot = (slot + 1) & (size - 1)
        keys[slot], kinds[slot], values[slot] = code, kind, value
    return keys, kinds, values


def _sign(point: int) -> str | None:
    """What stands for a character; None where it stands for itself."""
    char = chr(point)
    if char in symbols.SIGNS:
        return symbols.SIGNS[char]
    category = unicodedata.category(char)
    if char == "\u0338":
        return "\\not "
    if category in ("Mn", "Cf", "Me", "Cc"):
        return ""
    if category in ("Zs", "Zl", "Zp"):
        return " "
    if char in symbols.GREEK_SIGNS:
        return f"\\{symbols.GREEK_SIGNS[char]} "
    name = unicodedata.name(char, "")
    if name.startswith("GREEK") and " LETTER " in name:
        letter = name.split(" LETTER ")[1].split()[0].lower()
        letter = letter.capitalize() if "CAPITAL" in name else letter
        return f"\\{letter} " if letter in symbols.GREEK.split() else None
    return _composed(char)


def _composed(char: str) -> str | None:
    """Of a character made of others: those. Superscripts keep their place, accents go."""
    form = unicodedata.decomposition(char)
    plain = unicodedata.normalize("NFKC", char).replace("−", "-").replace("⁄", "/")
    if form.startswith("<super>"):
        return "^" + plain
    if form.startswith("<sub>"):
        return "_" + plain
    if form.startswith("<fraction>"):
        above, _, below = plain.partition("/")
        return f"\\frac{{{above}}}{{{below}}}" if below else None
    if form.startswith("<"):
        inner = [_sign(ord(c)) for c in plain if c != char]
        return "".join(c if s is None else s for c, s in zip(plain, inner, strict=False))
    base = unicodedata.normalize("NFD", char)
    if "\u0338" in base:
        return "\\not " + base.replace("\u0338", "")
    bare = "".join(c for c in base if not unicodedata.category(c).startswith("M"))
    if bare.lower() != char:
        return bare if bare.isascii() else bare.lower()
    return f" {char} " if "CJK" in unicodedata.name(char, "") else None


@cache
def load() -> Tables:
    """The tables, made once in a process (0.3 s)."""
    pieces: dict[str, int] = {}
    index = np.zeros(0x1E000, np.int32)
    for point in (*range(0x80, 0xD800), *range(0xF900, 0x10000), *range(0x1D400, 0x1E000)):
        sign = _sign(point)
        if sign is not None and len(sign.encode()) <= LONGEST * len(chr(point).encode()):
            index[point] = 1 + pieces.setdefault(sign, len(pieces))
    encoded = [piece.encode() for piece in pieces]
    starts = np.cumsum([0, *map(len, encoded)]).astype(np.int32)
    blob = np.frombuffer(b"".join(encoded) or b" ", np.uint8)
    numbers = np.array([fnv(str(n)) for n in range(100)], np.uint64)
    return Tables(*_hashed(_spellings() | _commands()), index, starts, blob, numbers)
