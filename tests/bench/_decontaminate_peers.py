"""Contaminated rows as n-gram rules find them, one process each.

python _decontaminate_peers.py PEER TRAIN.parquet BENCH.parquet OUT.parquet

TRAIN and BENCH have columns id, text; where BENCH has a column benchmark too, `open-r1` passes
over TRAIN once a benchmark, as it does. OUT has id and item, the rows that share an n-gram. One
JSON line says what it took, without reading and writing files.
"""
# pyright: reportMissingImports=false

import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Row = tuple[str, str]  # id, text
Pairs = list[Row]  # id of the training row, id of the item
WORD = re.compile(r"[^\W_]+")


class OpenR1:
    """The rule of open-r1's scripts/decontaminate.py, in its own steps, written anew.

    Its rows learn only that they are contaminated; the items are looked up for those, at the end.
    Left out: datasets.map, which would also write every row anew, in eight processes.
    """

    SIZE = 8

    def normal(self, text: str) -> str:
        """Lower case, single spaces."""
        return " ".join(text.lower().strip().split())

    def grams(self, text: str) -> list[str]:
        """All runs of SIZE words of a text; none where it is shorter."""
        words, size = self.normal(text).split(), self.SIZE
        return [" ".join(words[i : i + size]) for i in range(len(words) - size + 1)]

    def lookup(self, items: Sequence[Row]) -> dict[str, set[str]]:
        """The items of each n-gram."""
        found: dict[str, set[str]] = defaultdict(set)
        for item, text in items:
            for gram in self.grams(text):
                found[gram].add(item)
        return found

    def __call__(self, train: Sequence[Row], benchmarks: Sequence[Sequence[Row]]) -> Pairs:
        """One pass over the training rows a benchmark."""
        pairs: Pairs = []
        for known in [self.lookup(items) for items in benchmarks]:
            for row, text in train:
                grams = set(self.grams(text))
                looked = {gram in known for gram in grams}  # all of them, as there
                if any(looked):
                    items = set[str]().union(*(known[gram] for gram in grams if gram in known))
                    pairs += [(row, item) for item in sorted(items)]
        return pairs


def lowered(text: str) -> list[str]:
    """What open-r1's normalising and splitting come to."""
    return text.lower().split()


def bare(text: str) -> list[str]:
    """Words without punctuation, as GPT-3's appendix C compares them."""
    return WORD.findall(text.lower())


def runs(words: list[str], size: int) -> Iterator[tuple[str, ...]]:
    """All runs of so many words, as tuples: each word is hashed once, nothing is joined."""
    return zip(*(words[start:] for start in range(size)), strict=False)


def fused(size: int, split: Callable[[str], list[str]]) -> Callable[..., Pairs]:
    """Any shared n-gram in one pass: one set for all benchmarks, left at the first match."""

    def found(train: Sequence[Row], benchmarks: Sequence[Sequence[Row]]) -> Pairs:
        known: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for items in benchmarks:
            for item, text in items:
                for run in runs(split(text), size):
                    known[run].add(item)
        grams, pairs = frozenset(known), []
        for row, text in train:
            words = split(text)
            if not grams.isdisjoint(runs(words, size)):
                shared = (known[run] for run in grams.intersection(runs(words, size)))
                pairs += [(row, item) for item in sorted(set[str]().union(*shared))]
        return pairs

    return found


PEERS: dict[str, Callable[..., Pairs]] = {
    "open-r1": OpenR1(),
    "fused": fused(OpenR1.SIZE, lowered),
    "containment-13gram": fused(13, bare),  # GPT-3's longest; its rule drops no whole row
}


def rows(path: str) -> list[list[Row]]:
    """The rows of a file, by benchmark where it names any."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in pq.read_table(path).to_pylist():
        groups[row.get("benchmark", "")].append((row["id"], row["text"]))
    return list(groups.values())


def peak_mb() -> float:
    """The most memory this program held; rusage would count what its parent held at the fork."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(peer: str, train: str, bench: str, target: str) -> None:
    """Run one peer."""
    work, benchmarks = PEERS[peer], rows(bench)
    training = [row for group in rows(train) for row in group]
    size = sum(len(text.encode()) for _, text in training)
    began = time.perf_counter()
    pairs = work(training, benchmarks)
    seconds, peak = time.perf_counter() - began, peak_mb()
    columns = {"id": [row for row, _ in pairs], "item": [item for _, item in pairs]}
    kinds = pa.schema([("id", pa.string()), ("item", pa.string())])
    pq.write_table(pa.table(columns, kinds), target)
    figures = {"seconds": round(seconds, 4), "peak_mb": round(peak, 1)}
    print(json.dumps({"peer": peer, "docs": len(training), "bytes": size} | figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
