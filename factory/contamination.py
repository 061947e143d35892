"""A text's hits on benchmark items -> what they are. The rule, and the work of one core.

copy           the item, in another spelling or inside a longer text: 9 of 10 of its runs of
               RUN tokens stand near one another, with all of its numerals
near           half of its runs, with its numerals; or a problem with the same mathematics that
               `likeness.compare` calls the same
number_variant its text with other numerals: 8 of 10 of its runs once numerals are masked
suspect        a problem that may be one: less than that, or its mathematics in other words
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from factory.likeness import OVERLAPS, compare, overlap, runs, typos
from factory.likeness import windows as at
from factory.likeness.facts import Facts, facts, readings
from factory.likeness.spans import span

KINDS = ("suspect", "number_variant", "near", "copy")  # the worst last
COPY, NEAR, TEMPLATE, SUSPECT = 0.9, 0.5, 0.8, 0.25  # shares of an item's runs
ENOUGH, FIRM = 9, 0.6  # in a longer text, of an item with few runs so many, or such a share
WORDED = 0.1  # of a number variant's runs as they are: formulas alone are alike by chance
LONGER, MORE = 1.25, 6  # a text of up to so many times an item's tokens, and some, is like it whole
SPAN = 300  # characters


class Items(NamedTuple):
    """The items of one or more benchmarks."""

    rows: list[dict[str, Any]]  # benchmark, digest, item_id, statement
    runs: runs.Index


class Piece(NamedTuple):
    """Some texts of one shard: columns subject_id and text."""

    shard: str
    subject: str
    texts: pa.Table


class Searched(NamedTuple):
    """A piece's hits, as rows of `contaminations` without run_id."""

    shard: str
    texts: int
    found: list[dict[str, Any]]


class Found(NamedTuple):
    """What a hit is, how much of the item was found, and why it is that."""

    kind: str
    score: float
    reason: str


@lru_cache(maxsize=1)
def items(path: str) -> Items:
    """The items of a Parquet file, indexed; kept by each process."""
    rows = pq.read_table(path).to_pylist()
    return Items(rows, runs.index([row["statement"] for row in rows]))


def searched(path: str, unit: list[Piece]) -> list[Searched]:
    """The hits of each piece on the items of a file."""
    return [_searched(items(path), piece) for piece in unit]


def _searched(known: Items, piece: Piece) -> Searched:
    texts, problems = piece.texts["text"].combine_chunks(), piece.subject == "problem"
    best: dict[tuple[int, int], tuple[Found, list[int]]] = {}
    for hit in overlap.overlaps(texts, known.runs, problems).tolist():
        text = texts[hit[at.ROW]].as_py() if problems else ""
        found, key = _found(hit, text, known, problems), (hit[at.ROW], hit[at.ITEM])
        if found and (key not in best or _rank(found) > _rank(best[key][0])):
            best[key] = (found, hit)
    rows = [
        _row(piece, known.rows[hit[at.ITEM]], found, texts[hit[at.ROW]].as_py(), hit)
        for found, hit in best.values()
    ]
    return Searched(piece.shard, len(texts), rows)


def _rank(found: Found) -> tuple[int, float]:
    return KINDS.index(found.kind), found.score


def _row(
    piece: Piece, item: dict[str, Any], found: Found, text: str, hit: list[int]
) -> dict[str, Any]:
    return {
        "subject": piece.subject,
        "subject_id": piece.texts["subject_id"][hit[at.ROW]].as_py(),
        **{name: item[name] for name in ("benchmark", "digest", "item_id")},
        **found._asdict(),
        "version": OVERLAPS,
        "span": span(text, hit[at.FROM], hit[at.TO], SPAN),
    }


def _found(hit: list[int], text: str, known: Items, problems: bool) -> Found | None:
    """What a hit is; None: nothing. `text` is that of a problem, and empty of a rollout."""
    if hit[at.BY] == at.BY_CANONICAL:
        return Found("copy", 1.0, "the same text but for spelling and markup")
    item = hit[at.ITEM]
    tokens = int(known.runs.starts[item + 1] - known.runs.starts[item])
    if hit[at.BY] == at.BY_RUNS and tokens < overlap.SHORT:
        return Found("copy", 1.0, "all of a short item")
    return _measured(hit, text, known, problems and hit[at.TOKENS] <= LONGER * tokens + MORE)


def _measured(hit: list[int], text: str, known: Items, whole: bool) -> Found | None:
    """The same by how much of the item is there. `whole`: the text is a problem of its length."""
    part, statement = _part(hit, known.runs), known.rows[hit[at.ITEM]]["statement"]
    apart = _apart(text, statement, hit) if part.there and whole else None
    firm = whole or hit[at.RUNS] >= ENOUGH or part.share >= FIRM
    found = _by_runs(part, apart) if firm else None
    if not found and hit[at.BY] != at.BY_RUNS:
        found = _compared(text, statement, part.share)
    if not found and part.template >= TEMPLATE and part.other and part.share >= WORDED:
        found = Found("number_variant", part.template, "its text with other numerals")
    if not found and text and part.there and part.share >= (NEAR if apart else SUSPECT):
        words = f"{part.words}, but {apart}" if apart else part.words
        found = Found("suspect", part.share, words)
    return found


class _Part(NamedTuple):
    """How much of an item stands in a text."""

    share: float  # of its runs
    template: float  # of its runs with numerals masked, where those are enough to tell
    there: bool  # with its numerals, but for a small one
    other: bool  # with other numerals

    @property
    def words(self) -> str:
        return f"{self.share:.0%} of its runs of {runs.RUN} tokens"


def _part(hit: list[int], index: runs.Index) -> _Part:
    item = hit[at.ITEM]
    size, masked = np.diff(index.begins[2 * item : 2 * item + 3]).tolist()
    return _Part(
        hit[at.RUNS] / size if size else 0.0,
        hit[at.MASKS] / masked if masked >= overlap.TEMPLATE else 0.0,
        not hit[at.LOST] and not hit[at.CHANGED] and hit[at.SMALL_LOST] <= 1,
        bool(hit[at.LOST] or hit[at.SMALL_LOST] or hit[at.CHANGED]),
    )


def _by_runs(part: _Part, apart: str | None) -> Found | None:
    if not part.there or part.share < NEAR:
        return None
    if part.share >= COPY and not part.other and not apart:
        return Found("copy", part.share, part.words)
    if part.share >= COPY or not apart:
        return Found("near", part.share, f"{part.words}, but {apart}" if apart else part.words)
    return None


def _apart(text: str, statement: str, hit: list[int]) -> str | None:
    """What keeps a problem and an item apart: of all of it, and without what stands around it."""
    wanted = _facts(statement)
    if not (apart := _difference(_facts(text), wanted)):
        return None
    part = span(text, hit[at.START], hit[at.END], len(text))
    return apart if part == text.strip() else _difference(_facts(part), wanted)


def _difference(one: Facts, other: Facts) -> str | None:
    one, other = typos.mended(one, other)
    return compare.contradiction(one, other) or compare.dispute(one, other)


def _compared(text: str, statement: str, share: float) -> Found | None:
    """A problem with an item's mathematics or numerals, and perhaps other words."""
    judged = compare.judge(_facts(text), _facts(statement))
    if judged.same:
        return Found("near", share, f"{judged.reason}, alike to {judged.score:.2f}")
    unlike = judged.reason.startswith(compare.UNLIKE)
    return Found("suspect", share, judged.reason) if unlike else None


@lru_cache(maxsize=4096)
def _facts(text: str) -> Facts:
    return facts(readings([text])[0])
