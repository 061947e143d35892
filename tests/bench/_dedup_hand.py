"""Pairs by a person's hand: a real problem and what was made of it, each pair decided alone."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from factory.fingerprint import WIDTH
from factory.likeness import neighbours, sketch
from factory.likeness.compare import judge
from factory.likeness.facts import facts, readings
from factory.near_problems import BAND_LIKENESS
from tests.bench import _rig as rig
from tests.bench._dedup_scores import Share
from tests.bench._dedup_sets import lines

PAIRS = rig.ROOT / "tests" / "likeness" / "hand_pairs.jsonl"
HEAD = ("set and kind", "pairs", "%", "where wrong, mostly")


@dataclass(frozen=True, slots=True)
class Pair:
    """A real problem and what a person made of it."""

    one: str
    other: str
    same: bool
    kind: str
    set: str


def hand_pairs() -> list[Pair]:
    """Pairs written by hand over real problems."""
    fields = {"gsm8k_train.jsonl": "question", "rllm_math_train.json": "problem"}
    originals = {name: [row[field] for row in lines(name)] for name, field in fields.items()}
    rows = map(json.loads, PAIRS.read_text("utf-8").splitlines())
    return [
        Pair(originals[r["file"]][r["row"]], r["text"], r["same"], r["kind"], r["set"])
        for r in rows
    ]


def decided(pairs: Sequence[Pair]) -> list[tuple[bool, str]]:
    """Whether each pair is one problem for us, and why; the first key that both share suffices."""
    ones, others = [p.one for p in pairs], [p.other for p in pairs]
    met, equal = _met(ones, others)
    found = []
    every = zip(readings(ones), readings(others), met, equal, strict=True)
    for one, other, meet, same in every:
        judgement = judge(facts(one), facts(other))
        if same:
            found.append((True, "the same text but for spelling and markup"))
        elif not meet:
            found.append((False, "never compared"))
        else:
            found.append((judgement.same, judgement.reason))
    return found


def _met(ones: Sequence[str], others: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Which pairs share a key or a band, and which the canonical key."""
    left, right = (sketch.sketches(pa.array(texts), WIDTH["problem"]) for texts in (ones, others))
    keys = left.keys == right.keys
    equal = keys[:, 0] & keys[:, 1]
    bands = [neighbours.band_keys(s.signatures, s.keys[:, 3], BAND_LIKENESS) for s in (left, right)]
    met = equal | keys[:, 2] | keys[:, 3] | np.any(bands[0] == bands[1], axis=0)
    return met.tolist(), equal.tolist()


def hand(markdown: bool) -> None:
    """Our decision on pairs of a person's making."""
    pairs = hand_pairs()
    found: dict[tuple[str, bool, str], Share] = defaultdict(Share)
    reasons: dict[tuple[str, bool, str], list[str]] = defaultdict(list)
    for pair, (same, why) in zip(pairs, decided(pairs), strict=True):
        for kind in (pair.kind, "all"):
            found[pair.set, pair.same, kind].add(same)
            if same != pair.same:
                reasons[pair.set, pair.same, kind].append(why)
    for same, title in ((True, "Hand: found"), (False, "Hand: merged")):
        cells = [
            [f"{k[0]} {k[2]}", f"{share.of}", f"{share.percent:.1f}", _usual(reasons[k])]
            for k, share in sorted(
                found.items(), key=lambda item: (item[0][0], item[0][2] == "all")
            )
            if k[1] == same
        ]
        rig.show(title, HEAD, cells, markdown)


def _usual(reasons: list[str]) -> str:
    if not reasons:
        return ""
    names = [reason.partition(":")[0] for reason in reasons]
    usual = max(sorted(set(names)), key=names.count)
    return f"{usual} ({names.count(usual)} of {len(names)})"
