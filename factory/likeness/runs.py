"""What texts are searched for: every item's runs of tokens in one hash table, and what to check.

A run is RUN tokens in a row. Each item has two sets of distinct runs: set 2 i as they are, set 2 i
+ 1 with every numeral masked. Equal texts and texts with the same mathematics are found by keys.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from factory.likeness import boilerplate, tables
from factory.likeness import tokens as tk
from factory.likeness.boilerplate import Phrases, tokenised
from factory.likeness.facts import DIGITS, SMALL
from factory.likeness.kernel import njit, outer
from factory.likeness.sketch import MASKED as HIDDEN
from factory.likeness.sketch import STEP, buffers, keyed
from factory.likeness.tables import Array, Tables
from factory.likeness.tokens import Page, U

RUN = 5
GONE = U(pow(int(STEP), RUN, 1 << 64))  # what the token that leaves a run was multiplied with
SPARSE = 8  # bits of the filter for each slot
SALTS = tuple(U(tables.fnv(name)) for name in ("canonical", "maths", "numerals"))
WEIGHT = 2.0  # what numerals must weigh to be a key: 1 from two digits on, 4 to 9 half of that
FEW = 4  # so many pieces of mathematics, or fewer, are no key


class Index(NamedTuple):
    """All items. A slot is a run's place in `hashes`; its postings are `first` to before `last`."""

    bits: Array  # uint64: a filter
    hashes: Array  # uint64, open addressing; 0 is free
    first: Array  # int32
    last: Array  # int32
    sets: Array  # int32 by posting, in order
    locals: Array  # int32 by posting: which of its set's runs it is
    begins: Array  # int64: where a set's runs begin in `places`
    places: Array  # int32: the token a run begins with
    starts: Array  # int64: where an item's tokens begin
    text: Array  # uint64
    kind: Array  # uint8
    words: Array  # int64: where an item's senses begin in `senses`
    senses: Array  # uint64: distinct
    keys: Array  # uint64, sorted
    keyed: Array  # int32: the item of each key
    which: Array  # uint8: canonical, maths or numerals


@njit
def ended(value: Any) -> Any:
    """A run's hash, never 0."""
    value = (value ^ (value >> U(31))) * U(0xD6E8FEB86659FD93)
    return (value ^ (value >> U(32))) | U(1)


def _ended(values: Array) -> Array:
    values = (values ^ (values >> U(31))) * U(0xD6E8FEB86659FD93)
    return (values ^ (values >> U(32))) | U(1)


@outer
def read_all(
    data: Array, offsets: Array, table: Tables, phrases: Phrases, page: Page,
    text: Array, sense: Array, kind: Array, starts: Array, keys: Array,
) -> None:  # fmt: skip
    """The tokens of all texts one after the other, and each one's keys."""
    n = 0
    for row in range(len(offsets) - 1):
        count = tokenised(data, offsets[row], offsets[row + 1], table, phrases, page)
        keyed(page, keys[row])
        for k in range(count):
            text[n], sense[n], kind[n] = page.text[k], page.sense[k], page.kind[k] & 63
            n += 1
        starts[row + 1] = n


def index(statements: list[str]) -> Index:
    """The index of items, in their order."""
    data, offsets = buffers(pa.array(statements, pa.large_string()))
    page = tk.page(int(np.diff(offsets).max(initial=0)))
    room = tables.LONGEST * int(offsets[-1]) + 64
    text, sense = np.empty(room, np.uint64), np.empty(room, np.uint64)
    kind, starts = np.empty(room, np.uint8), np.zeros(len(offsets), np.int64)
    keys = np.empty((len(statements), 5), np.uint64)
    with np.errstate(over="ignore"):
        args = (tables.load(), boilerplate.load(), page, text, sense, kind, starts, keys)
        read_all(data, offsets, *args)
        n = starts[-1]
        text, sense, kind = text[:n].copy(), sense[:n].copy(), kind[:n].copy()
        runs = _runs(text, kind, starts)
    tail = (starts, text, kind, *_senses(sense, starts), *_keys(keys, kind, text, starts))
    return Index._make((*runs, *tail))


def _runs(text: Array, kind: Array, starts: Array) -> tuple[Array, ...]:
    """bits, hashes, first, last, sets, locals, begins, places."""
    count = len(starts) - 1
    item = np.repeat(np.arange(count), np.diff(starts))
    at = np.flatnonzero(item[RUN - 1 :] == item[: len(item) - RUN + 1])
    hidden = np.where(kind == tk.NUMERAL, HIDDEN, text)
    codes = [_ended(_hashed(tokens)[at]) for tokens in (text, hidden)]
    code = np.concatenate(codes)
    owner = np.concatenate([2 * item[at], 2 * item[at] + 1])
    place = np.tile(at - starts[item[at]], 2)
    order = np.lexsort((place, code, owner))
    owner, code, place = owner[order], code[order], place[order]
    new = np.ones(len(owner), bool)
    new[1:] = (owner[1:] != owner[:-1]) | (code[1:] != code[:-1])
    owner, code, place = owner[new], code[new], place[new]
    begins = np.searchsorted(owner, np.arange(2 * count + 1))
    local = np.arange(len(owner)) - begins[owner]
    by_code = np.lexsort((owner, code))
    hashes, first = np.unique(code[by_code], return_index=True)
    last = np.append(first[1:], len(code))
    bits, *slots = _table(hashes, first, last)
    postings = (owner[by_code].astype(np.int32), local[by_code].astype(np.int32))
    return (bits, *slots, *postings, begins.astype(np.int64), place.astype(np.int32))


def _hashed(tokens: Array) -> Array:
    """The polynomial of every run, as `overlap` rolls it."""
    total = np.zeros(max(len(tokens) - RUN + 1, 0), np.uint64)
    for k in range(RUN):
        total = total * STEP + tokens[k : k + len(total)]
    return total


def _table(hashes: Array, first: Array, last: Array) -> tuple[Array, Array, Array, Array]:
    size = 1 << max(int(2 * len(hashes)).bit_length(), 4)
    bits = np.zeros(size * SPARSE // 64, np.uint64)
    keys = np.zeros(size, np.uint64)
    starts, ends = np.zeros(size, np.int32), np.zeros(size, np.int32)
    placed(hashes, first, last, bits, keys, starts, ends)
    return bits, keys, starts, ends


@outer
def placed(
    hashes: Array, first: Array, last: Array, bits: Array, keys: Array, starts: Array, ends: Array
) -> None:
    """Put every run into the table."""
    mask = U(len(keys) - 1)
    for k in range(len(hashes)):
        code = hashes[k]
        bit = (code >> U(20)) & U(64 * len(bits) - 1)
        bits[bit >> U(6)] |= U(1) << (bit & U(63))
        slot = (code >> U(1)) & mask
        while keys[slot] != U(0):
            slot = (slot + U(1)) & mask
        keys[slot], starts[slot], ends[slot] = code, first[k], last[k]


@njit
def slot_of(index: Index, code: Any) -> Any:
    """The slot of a run, or -1."""
    bit = (code >> U(20)) & U(64 * len(index.bits) - 1)
    if (index.bits[bit >> U(6)] >> (bit & U(63))) & U(1) == U(0):
        return -1
    mask = U(len(index.hashes) - 1)
    slot = (code >> U(1)) & mask
    while index.hashes[slot] != U(0):
        if index.hashes[slot] == code:
            return np.int64(slot)
        slot = (slot + U(1)) & mask
    return -1


def _senses(sense: Array, starts: Array) -> tuple[Array, Array]:
    """Every item's distinct senses."""
    found = [np.unique(sense[a:b]) for a, b in pairwise(starts)]
    found = [each[each != 0] for each in found]
    begins = np.cumsum([0, *map(len, found)])
    return begins.astype(np.int64), np.concatenate([np.zeros(0, np.uint64), *found])


def _keys(keys: Array, kind: Array, text: Array, starts: Array) -> tuple[Array, Array, Array]:
    """Sorted keys, the item of each, and which key of it that is."""
    maths = (kind > tk.BLANK) & (kind != tk.BRACKET)
    spans = list(pairwise(starts))
    enough = [maths[a:b].sum() > FEW for a, b in spans]
    weighty = [_weight(text[a:b][kind[a:b] == tk.NUMERAL]) >= WEIGHT for a, b in spans]
    known = [np.ones(len(keys), bool), np.array(enough, bool), np.array(weighty, bool)]
    values = [keys[:, column] ^ salt for column, salt in zip((0, 2, 3), SALTS, strict=True)]
    code = np.concatenate([v[k] for v, k in zip(values, known, strict=True)])
    item = np.concatenate([np.flatnonzero(k) for k in known])
    which = np.concatenate([np.full(k.sum(), n) for n, k in enumerate(known)])
    order = np.argsort(code, kind="stable")
    return code[order], item[order].astype(np.int32), which[order].astype(np.uint8)


def _weight(numerals: Array) -> float:
    found = set(numerals.tolist())
    return sum(1.0 - 0.5 * (n in DIGITS) - 0.5 * (n in SMALL) for n in found)
