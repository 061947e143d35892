"""Runs of the tools that `just bench dedup` compares: signatures, clusters, seconds, memory."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from factory import catalog
from factory.errors import unknown
from factory.likeness import kernel, sketch
from factory.store import Store
from tests.bench import _rig as rig
from tests.bench._dedup_peers import PEERS
from tests.bench._dedup_sets import BOILERPLATE, parquet

PYTHON = rig.ROOT / ".venv-bench" / "bin" / "python"
SPARSE = {"datasketch": 21, "text-dedup": 11, "datatrove": 41}  # sign every so many texts: slow
CLUSTERS = """
    select s.source_row, coalesce(d.cluster_id, s.problem_id) from raw.problem_sources s
    left join duplicates d on d.subject = 'problem' and d.subject_id = s.problem_id
"""


@dataclass(frozen=True, slots=True)
class Signed:
    """What one run over `docs` texts took, imports and files left out."""

    docs: int
    bytes: int
    cpu_s: float  # of one thread: as long as it takes where nobody else works
    peak: float  # bytes


@dataclass(frozen=True, slots=True)
class Clustered:
    """A cluster's name a text, and what the command took from start to end."""

    names: list[str]
    seconds: float
    cpu_s: float
    peak: float  # bytes


def peers(given: str) -> list[str]:
    """The peers named, and their environment made. Raises UserError."""
    names = given.split(",") if given != "none" else []
    for name in names:
        if name not in PEERS:
            raise unknown("peer", name, PEERS)
    if names:
        subprocess.run([rig.HERE / "build"], check=True)
    return names


class Tools:
    """All tools over the same texts, in one folder."""

    def __init__(self, home: Path, names: Sequence[str]) -> None:
        self.home, self.names, self.stores = home, ["ours", *names], 0
        self.cold = kernel.cold(sketch.sketch_all)

    def sign(self, tool: str, subject: str, texts: Sequence[str]) -> Signed:
        """One run of signatures, of every so manieth text where the tool is slow."""
        source = parquet(texts[:: SPARSE.get(tool, 1)], self.home / "in.parquet")
        ours = [sys.executable, rig.HERE / "_dedup_ours.py", subject, source]
        took = self._told(
            ours if tool == "ours" else self._peer(tool, "sign", source, boilerplate=True)
        )
        return Signed(took["docs"], took["bytes"], took["cpu_s"], took["peak_mb"] * 2**20)

    def cluster(self, tool: str, texts: Sequence[str], boilerplate: bool = False) -> Clustered:
        """Clusters of problems; `boilerplate`: texts have some that peers must take off."""
        if tool.startswith("ours"):
            return self._ours(texts, one_core=tool != "ours")
        source = parquet(texts, self.home / "in.parquet")
        words = self._peer(tool, "cluster", source, boilerplate)
        cost = rig.watched(words, self.home / "peer.log")
        names = pq.read_table(self.home / "out.parquet")["cluster"].to_pylist()
        return Clustered(names, cost.wall_s, cost.cpu_s, cost.peak)

    def _peer(self, name: str, task: str, source: Path, boilerplate: bool) -> list[object]:
        more = [BOILERPLATE] if boilerplate else []
        return [
            PYTHON,
            rig.HERE / "_dedup_peers.py",
            name,
            task,
            source,
            self.home / "out.parquet",
            *more,
        ]

    def _told(self, words: list[object]) -> dict[str, Any]:
        cost = rig.measured(words, self.home / "sign.log")
        return json.loads(cost.output.splitlines()[-1])

    def _ours(self, texts: Sequence[str], one_core: bool) -> Clustered:
        """`just dedup` over a fresh store; ingesting is not counted, nor compiling."""
        self.compiled()
        store = self.ingested(texts)
        pin = ["taskset", "-c", str(min(os.sched_getaffinity(0)))] if one_core else []
        cost = rig.watched([*pin, *rig.factory("dedup", f"store={store}")], self.home / "dedup.log")
        with catalog.connect(Store(store)) as con:
            found = dict(con.sql(CLUSTERS).fetchall())
        if len(found) != len(texts):
            raise RuntimeError(f"{len(found)} of {len(texts)} texts are in {store}")
        names = [found[str(place)] for place in range(len(texts))]
        return Clustered(names, cost.wall_s, cost.cpu_s, cost.peak)

    def compiled(self) -> None:
        """Have the reader of texts compiled, once on this machine."""
        if self.cold:
            self.cold = False
            store = self.ingested(["What is 1 + 1?", "What is 1+1?"])
            rig.watched(rig.factory("dedup", f"store={store}"), self.home / "dedup.log")

    def ingested(self, texts: Sequence[str]) -> Path:
        """A fresh store of problems; the row of each is its place."""
        self.stores += 1
        store, rows = self.home / f"store-{self.stores}", self.home / "rows.jsonl"
        with rows.open("w") as file:
            for place, text in enumerate(texts):
                file.write(json.dumps({"id": str(place), "text": text}) + "\n")
        words = ("source=jsonl", f"path={rows}", "question=text", "id=id", f"store={store}")
        rig.watched(rig.factory("ingest", *words), self.home / "ingest.log")
        return store
