"""Near-duplicates as other tools find them, one process each, one core.

python _dedup_peers.py PEER TASK IN.parquet OUT.parquet [BOILERPLATE]

IN has columns id, text. TASK `sign` stops at the signatures, of PERMUTATIONS each, and writes
nothing; `cluster` goes on to clusters at the tool's usual settings: OUT's id and cluster, which is
named after its first member. One JSON line says what it took, imports and files left out.
"""
# pyright: reportMissingImports=false

import hashlib
import json
import os
import re
import struct
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

for threads in ("OMP", "OPENBLAS", "MKL", "RAYON"):  # before numpy and rensa start theirs
    os.environ.setdefault(f"{threads}_NUM_THREADS", "1")

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

PERMUTATIONS = 128


class Peer(Protocol):
    """A tool; what it imports, and what it makes once for any number of texts, is in __init__."""

    def sign(self, texts: Sequence[str]) -> Any: ...  # a signature a text
    def cluster(self, texts: Sequence[str]) -> list[int]: ...  # the place of each one's first


class Unions:
    """Disjoint sets of places; the first place stands for its set."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def find(self, place: int) -> int:
        """The first of a place's set."""
        parent = self.parent
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def union(self, one: int, other: int) -> None:
        """Make two sets one."""
        one, other = self.find(one), self.find(other)
        self.parent[max(one, other)] = min(one, other)

    def roots(self) -> list[int]:
        """The first of every place's set."""
        return [self.find(place) for place in range(len(self.parent))]


def firsts(keys: Iterable[Any]) -> list[int]:
    """Where each key occurs first."""
    seen: dict[Any, int] = {}
    return [seen.setdefault(key, place) for place, key in enumerate(keys)]


def words(text: str) -> list[str]:
    """Tokens of datasketch and rensa, whose manuals split at spaces."""
    return text.lower().split()


class Exact:
    """No similarity at all: equal texts."""

    def sign(self, texts: Sequence[str]) -> list[bytes]:
        """SHA-1 of the stripped text."""
        return [hashlib.sha1(text.strip().encode()).digest() for text in texts]

    def cluster(self, texts: Sequence[str]) -> list[int]:
        """Equal hashes."""
        return firsts(self.sign(texts))


class Datasketch:
    """datasketch 2 as its manual shows it: SHA-1, a token at a time, an index of threshold 0.7."""

    THRESHOLD = 0.7

    def __init__(self) -> None:
        from datasketch import MinHash, MinHashLSH

        self.MinHash, self.MinHashLSH = MinHash, MinHashLSH

    def sign(self, texts: Sequence[str]) -> list[Any]:
        """One sketch a text."""
        sketches = [self.MinHash(num_perm=PERMUTATIONS) for _ in texts]
        for text, sketch in zip(texts, sketches, strict=True):
            for word in set(words(text)):
                sketch.update(word.encode())
        return sketches

    def cluster(self, texts: Sequence[str]) -> list[int]:
        """Each text joins all that a query of the texts before it returns, none of it verified."""
        index: Any = self.MinHashLSH(threshold=self.THRESHOLD, num_perm=PERMUTATIONS)
        sets = Unions(len(texts))
        for place, sketch in enumerate(self.sign(texts)):
            for other in index.query(sketch):
                sets.union(other, place)
            index.insert(place, sketch)
        return sets.roots()


class DatasketchBulk(Datasketch):
    """datasketch at its fastest on a CPU: `bulk`, which shares the permutations, and xxhash."""

    def __init__(self) -> None:
        super().__init__()
        from xxhash import xxh32_intdigest

        self.hash = xxh32_intdigest

    def sign(self, texts: Sequence[str]) -> list[Any]:
        """All sketches in one call."""
        tokens = ([word.encode() for word in set(words(text))] for text in texts)
        return self.MinHash.bulk(tokens, num_perm=PERMUTATIONS, hashfunc=self.hash)


class Rensa:
    """rensa 0.5: R-MinHash of the full set of tokens, in batches, as its README prefers.

    Its faster `rho` sketch samples positions and feeds flags of duplicates, not clusters.
    """

    SEED, THRESHOLD = 42, 0.8  # of its README

    def __init__(self) -> None:
        from rensa import RMinHash, RMinHashDeduplicator

        self.RMinHash, self.Deduplicator = RMinHash, RMinHashDeduplicator

    def sign(self, texts: Sequence[str]) -> Any:
        """One matrix of all signatures."""
        tokens = (words(text) for text in texts)
        return self.RMinHash.digest_matrix_from_token_sets(tokens, PERMUTATIONS, self.SEED)

    def cluster(self, texts: Sequence[str]) -> list[int]:
        """Its deduplicator keeps the first of its kind; the others join what they match there."""
        tokens = (words(text) for text in texts)
        sketches = self.RMinHash.from_token_sets(tokens, PERMUTATIONS, self.SEED)
        index = self.Deduplicator(self.THRESHOLD, PERMUTATIONS, use_lsh=True, seed=self.SEED)
        kept = index.add_pairs((str(place), sketch) for place, sketch in enumerate(sketches))
        dropped = [place for place, keep in enumerate(kept) if not keep]
        sets = Unions(len(texts))
        found = index.get_duplicate_sets([sketches[place] for place in dropped])
        for place, others in zip(dropped, found, strict=True):
            for other in others:
                sets.union(int(other), place)
        return sets.roots()


class TextDedup:
    """The arithmetic of text-dedup 0.4's minhash with its defaults, written anew.

    The package cannot be installed beside the others. Signatures and clusters equal those of its
    `embed_func` and `UnionFind`, made in three quarters of the time; its datasets.map is left out.
    """

    GRAM, SHORTEST = 5, 5  # words a shingle, and of a text below which it is left alone
    USUAL = 250  # permutations
    BANDS: ClassVar = {PERMUTATIONS: (14, 9), USUAL: (25, 10)}  # its optimal_param(0.7, ...)
    PRIME, MASK = (1 << 61) - 1, (1 << 32) - 1
    SEPARATOR = re.compile(r"\W")

    def __init__(self) -> None:
        import numpy as np

        self.np, self.coefficients = np, {}
        for count in self.BANDS:
            draw = np.random.RandomState(42).randint
            both = [draw(low, self.PRIME, size=(count,), dtype=np.uint64) for low in (1, 0)]
            self.coefficients[count] = both

    def hashes(self, pieces: list[str]) -> list[int]:
        """The first four bytes of SHA-1 of each distinct shingle."""
        runs = zip(*(pieces[start:] for start in range(self.GRAM)), strict=False)
        grams = {" ".join(run).encode() for run in runs}
        return [struct.unpack("<I", hashlib.sha1(gram).digest()[:4])[0] for gram in grams]

    def signed(self, pieces: list[str], permutations: int) -> list[bytes]:
        """One key a band: a slice of the lowest permuted hashes, in their bytes."""
        np, (a, b) = self.np, self.coefficients[permutations]
        column = np.array(self.hashes(pieces), dtype=np.uint64).reshape(-1, 1)
        permuted = (column * a + b) % np.uint64(self.PRIME) & np.uint64(self.MASK)
        ceiling = np.full(permutations, self.MASK, dtype=np.uint64)
        lowest = np.vstack([permuted, ceiling]).min(axis=0)
        bands, rows = self.BANDS[permutations]
        return [lowest[i * rows : (i + 1) * rows].byteswap().tobytes() for i in range(bands)]

    def keyed(self, texts: Sequence[str], permutations: int) -> Iterator[tuple[int, list[bytes]]]:
        """Keys of the texts that are long enough."""
        for place, text in enumerate(texts):
            pieces = self.SEPARATOR.split(text.lower())
            if len(pieces) >= self.SHORTEST:
                yield place, self.signed(pieces, permutations)

    def sign(self, texts: Sequence[str]) -> list[tuple[int, list[bytes]]]:
        """As many permutations as the others sign with; no clusters."""
        return list(self.keyed(texts, PERMUTATIONS))

    def cluster(self, texts: Sequence[str]) -> list[int]:
        """Texts that share a bucket of any band are one cluster, none of it verified."""
        tables = [defaultdict(set) for _ in range(self.BANDS[self.USUAL][0])]
        for place, keys in self.keyed(texts, self.USUAL):
            for table, key in zip(tables, keys, strict=True):
                table[key].add(place)
        sets = Unions(len(texts))
        for bucket in (bucket for table in tables for bucket in table.values() if len(bucket) > 1):
            first = min(bucket)
            for place in bucket:
                sets.union(place, first)
        return sets.roots()


class Datatrove:
    """datatrove's four minhash blocks with their defaults, one after the other, on local files.

    Its default is 14 buckets of 8 hashes over 5 words each, so 112 permutations in both tasks.
    """

    def __init__(self) -> None:
        from datatrove.data import Document
        from datatrove.pipeline.dedup import minhash
        from loguru import logger

        logger.disable("datatrove")
        self.Document, self.blocks = Document, minhash
        with tempfile.TemporaryDirectory() as folder:  # spacy is imported with the first word
            minhash.MinhashDedupSignature(folder).get_shingles("Is spacy here yet, or is it not?")

    def read(self, texts: Sequence[str]) -> list[Any]:
        """What its readers would hand on."""
        return [self.Document(text=text, id=str(place)) for place, text in enumerate(texts)]

    def sign(self, texts: Sequence[str]) -> None:
        """Signatures in a file a bucket."""
        with tempfile.TemporaryDirectory() as folder:
            self.blocks.MinhashDedupSignature(folder).run(self.read(texts))

    def cluster(self, texts: Sequence[str]) -> list[int]:
        """Signatures, duplicate pairs, clusters, and the filter that tells documents theirs."""
        blocks, documents = self.blocks, self.read(texts)
        with tempfile.TemporaryDirectory() as folder:
            signatures, pairs, clusters = (f"{folder}/{name}" for name in ("sigs", "dups", "ids"))
            blocks.MinhashDedupSignature(signatures).run(documents)
            buckets = blocks.MinhashConfig().num_buckets
            for bucket in range(buckets):
                blocks.MinhashDedupBuckets(signatures, pairs).run(None, bucket, buckets)
            blocks.MinhashDedupCluster(pairs, clusters, save_cluster_id=True).run()
            list(blocks.MinhashDedupFilter(clusters, load_cluster_ids=True).run(documents))
        names = (document.metadata.get("minhash_cluster_id", -1) for document in documents)
        return firsts(("alone", i) if name < 0 else name for i, name in enumerate(names))


PEERS: dict[str, type[Peer]] = {
    "datasketch": Datasketch,
    "datasketch-bulk": DatasketchBulk,
    "rensa": Rensa,
    "text-dedup": TextDedup,
    "datatrove": Datatrove,
    "exact": Exact,
}


def peak_mb() -> float:
    """The most memory this program held; rusage would count what its parent held at the fork."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(peer: str, task: str, source: str, target: str, boilerplate: str = "") -> None:
    """Run one task of one peer; what fits the expression `boilerplate` is taken off first."""
    columns = pq.read_table(source, columns=["id", "text"]).to_pydict()
    ids, texts = columns["id"], columns["text"]
    size = sum(len(text.encode()) for text in texts)
    work, fits = getattr(PEERS[peer](), task), re.compile(boilerplate)
    clocks = time.perf_counter, time.process_time
    began = [clock() for clock in clocks]
    made = work([fits.sub("", text) for text in texts] if boilerplate else texts)
    seconds, cpu_s = (round(clock() - at, 4) for clock, at in zip(clocks, began, strict=True))
    took = {"seconds": seconds, "cpu_s": cpu_s, "peak_mb": round(peak_mb(), 1)}
    if task == "cluster":
        pq.write_table(pa.table({"id": ids, "cluster": [ids[first] for first in made]}), target)
    print(json.dumps({"peer": peer, "docs": len(ids), "bytes": size} | took))


if __name__ == "__main__":
    main(*sys.argv[1:])
