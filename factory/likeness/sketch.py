"""A text's sketch: keys that say what it is, and a MinHash signature that says what it is like.

`canonical` is equal for texts that differ in spelling and markup only; `maths` for problems with
the same numerals, signs and variables, in whatever order, and for rollouts with the same ones in
one order and the same end; `numerals` for texts with the same numerals above 3, however often;
`template` for texts that differ in numerals only. Signatures are those of datasketch 2.0
(`affine32`, seed 1) over the same 32-bit hashes.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from factory.likeness import boilerplate, tables
from factory.likeness import tokens as tk
from factory.likeness.boilerplate import Phrases, tokenised
from factory.likeness.kernel import njit, outer
from factory.likeness.tables import Array, Tables
from factory.likeness.tokens import Page, U

PERMUTATIONS = 128
SMALL = tuple(U(tables.fnv(str(n))) for n in range(4))
TAIL = 3  # tokens that end a rollout
FAR = 2_000  # tokens: a numeral that comes again after that many counts again
MIX, STEP, MASKED = U(0xFF51AFD7ED558CCD), U(0x9E3779B97F4A7C15), U(tables.fnv("#"))
MIX_1, MIX_2, LOW = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35), U(0xFFFFFFFF)


class Permutations(NamedTuple):
    """h -> a h + b mod 2^32."""

    a: Array  # uint32
    b: Array  # uint32


class Sketches(NamedTuple):
    """One row a text."""

    keys: Array  # uint64 [n, 5]: canonical (two), maths, numerals, template
    signatures: Array  # uint32 [n, PERMUTATIONS]
    counts: Array  # int32 [n]: tokens


@cache
def permutations() -> Permutations:
    """datasketch's, of its default seed."""
    from datasketch import MinHash  # it loads scipy

    both = np.asarray(MinHash(num_perm=PERMUTATIONS, scheme="affine32").permutations, np.uint32)
    return Permutations(both[0].copy(), both[1].copy())


def sketches(texts: pa.Array | pa.ChunkedArray, width: int) -> Sketches:
    """Sketches of texts; a shingle is `width` tokens that say something. A null is empty."""
    data, offsets = buffers(texts)
    n = len(offsets) - 1
    found = Sketches(
        np.empty((n, 5), np.uint64), np.empty((n, PERMUTATIONS), np.uint32), np.empty(n, np.int32)
    )
    longest = int(np.diff(offsets).max(initial=0))
    page = tk.page(longest)
    with np.errstate(over="ignore"):
        sketch_all(
            data, offsets, width, tables.load(), boilerplate.load(), permutations(), page, found
        )
    return found


def buffers(texts: pa.Array | pa.ChunkedArray) -> tuple[Array, Array]:
    """UTF-8 bytes of all texts and where each begins and ends: Arrow's own, not a copy."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    texts = texts.cast(pa.large_string())
    if texts.null_count:
        texts = texts.fill_null("")
    _, offsets, data = texts.buffers()
    where = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    held = np.frombuffer(data, np.uint8) if data and data.size else np.zeros(1, np.uint8)
    return held, where


def hex_keys(keys: Array) -> pa.Array:
    """uint64 [n] or [n, 2] as text, 16 or 32 digits."""
    rows = np.ascontiguousarray(keys.reshape(len(keys), -1).astype(">u8"))
    digits = 16 * rows.shape[1]
    offsets = np.arange(0, (len(rows) + 1) * digits, digits, dtype=np.int32)
    text = rows.tobytes().hex().encode()
    return pa.Array.from_buffers(
        pa.string(), len(rows), [None, pa.py_buffer(offsets), pa.py_buffer(text)]
    )


@outer
def sketch_all(
    data: Array, offsets: Array, width: int, table: Tables, phrases: Phrases,
    hashes: Permutations, page: Page, out: Sketches,
) -> None:  # fmt: skip
    """Fill `out`, a row a text."""
    for row in range(len(offsets) - 1):
        tokenised(data, offsets[row], offsets[row + 1], table, phrases, page)
        keyed(page, out.keys[row])
        if width > 1:
            out.keys[row, 2] ^= chain(page)
        if page.state[tk.COUNT] == 0:  # brackets or dots alone: only the same bytes are the same
            for k in range(offsets[row], offsets[row + 1]):
                out.keys[row, 0] = (out.keys[row, 0] ^ U(data[k])) * U(tables.PRIME)
        signed(page, width, hashes, out.signatures[row])
        out.counts[row] = page.state[tk.COUNT]


@njit
def mixed(value: Any) -> Any:
    """MurmurHash3's last steps on 64 bits."""
    value = (value ^ (value >> U(33))) * MIX
    value = (value ^ (value >> U(33))) * U(0xC4CEB9FE1A85EC53)
    return value ^ (value >> U(33))


@njit
def keyed(page: Page, keys: Array) -> None:
    """The keys of what is on the page."""
    first, second, template, maths = U(1), U(2), U(3), U(4)
    for k in range(page.state[tk.COUNT]):
        text, kind = page.text[k], page.kind[k] & 63
        first = (first ^ text) * U(tables.PRIME)
        first ^= first >> U(29)
        second = (second + mixed(text)) * STEP
        second ^= second >> U(31)
        template = (template ^ (MASKED if kind == tk.NUMERAL else text)) * U(tables.PRIME)
        template ^= template >> U(29)
        if kind > tk.BLANK and kind != tk.BRACKET:
            maths += mixed(page.sense[k])
    keys[0], keys[1], keys[2] = mixed(first), second, mixed(maths)
    keys[3], keys[4] = numerals(page), mixed(template)


@njit
def chain(page: Page) -> Any:
    """Of a rollout: its mathematics in order, and how it ends. Two that differ there are two."""
    code, count = U(5), page.state[tk.COUNT]
    for k in range(count):
        kind = page.kind[k] & 63
        if kind > tk.BLANK or k >= count - TAIL:
            code = mixed(code ^ page.text[k]) * STEP
    return code


@njit
def numerals(page: Page) -> Any:
    """The set of numerals above 3 as a key."""
    total = U(0)
    for k in range(page.state[tk.COUNT]):
        if page.kind[k] & 63 != tk.NUMERAL or page.text[k] in SMALL:
            continue
        fresh, j = True, k - 1
        while fresh and j >= max(0, k - FAR):  # the last is the likeliest to be the same
            fresh = page.text[j] != page.text[k]
            j -= 1
        if fresh:
            total += mixed(page.text[k])
    return mixed(total)


@njit
def signed(page: Page, width: int, hashes: Permutations, signature: Array) -> None:
    """The MinHash signature over shingles of tokens that say something."""
    signature[:] = np.uint32(0xFFFFFFFF)
    n = 0
    for k in range(page.state[tk.COUNT]):
        if page.sense[k] != U(0):
            page.text[n] = mixed(page.sense[k])
            n += 1
    shingles = max(n - width + 1, min(n, 1))
    for k in range(shingles):
        code = page.text[k]
        for j in range(k + 1, min(k + width, n)):
            code = code * STEP + page.text[j]
        page.text[k] = U(mixed32(np.uint32(mixed(code) & LOW)))
    for k in range(shingles, shingles + -shingles % 4):  # the last once more, to make fours
        page.text[k] = page.text[shingles - 1]
    for k in range(0, shingles, 4):
        lowered(page.text, k, hashes, signature)


@njit
def mixed32(value: Any) -> Any:
    """MurmurHash3's last steps on 32 bits, as datasketch takes them; each has to stay at 32."""
    value = np.uint32(np.uint32(value ^ np.uint32(value >> np.uint32(16))) * MIX_1)
    value = np.uint32(np.uint32(value ^ np.uint32(value >> np.uint32(13))) * MIX_2)
    return np.uint32(value ^ np.uint32(value >> np.uint32(16)))


@njit
def lowered(values: Array, at: int, hashes: Permutations, signature: Array) -> None:
    """Every permutation's minimum with four more values: a loop the compiler makes wide."""
    v0, v1 = np.uint32(values[at]), np.uint32(values[at + 1])
    v2, v3 = np.uint32(values[at + 2]), np.uint32(values[at + 3])
    for j in range(PERMUTATIONS):
        a, b, least = hashes.a[j], hashes.b[j], signature[j]
        least = min(least, np.uint32(a * v0 + b))
        least = min(least, np.uint32(a * v1 + b))
        least = min(least, np.uint32(a * v2 + b))
        signature[j] = min(least, np.uint32(a * v3 + b))
