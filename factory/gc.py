"""`just gc`: removes the files that nobody can read any more.

These are shards that a compaction or a repair took out, and strays of writers that were killed:
none is live, none is in a pinned snapshot, and each has been so for `older_than`, by the clock of
whoever keeps the files, not by ours. They are first named in a commit record, then removed: a
writer that has put a shard down and not committed it yet finds its number taken and writes anew, so
that no record ever names a file that is gone. Journals, rejects and checkpoints are never touched.
"""

import json
import re
import uuid
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator

from factory import engine
from factory.errors import StoreError
from factory.log import record_path
from factory.progress import Progress
from factory.recipe import Recipe, shown
from factory.store import Run, Store

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _age(value: str) -> str:
    if not re.fullmatch(r"\d{1,6}[smhd]", value):
        raise ValueError("give a number and s, m, h or d, such as 7d")
    return value


class GcRecipe(Recipe):
    """How long a file must have been out of use; `plan`: tell, and remove nothing."""

    older_than: Annotated[str, AfterValidator(_age)]
    plan: bool


def run(store: Store, recipe: GcRecipe, progress: Progress) -> Run:
    """Remove them, or tell which would be."""
    amount, unit = int(recipe.older_than[:-1]), UNITS[recipe.older_than[-1]]
    with engine.run(store, "gc", shown(recipe)) as record:
        age = timedelta(**{unit: amount})
        seq, paths = _unused(store, age)
        sizes = store.files.sizes("shards/")
        if recipe.plan:
            for path in paths:
                print(path)
            size = sum(sizes.get(path, 0) for path in paths)
            print(f"{len(paths):,} files, {size / 1e6:,.1f} MB would be removed")
            return record
        while paths and not store.bury(record, seq, paths):
            seq, paths = _unused(store, age)
        with progress.task("remove", len(paths)) as advance:
            for path in paths:
                store.files.remove(path)
                advance()
        if paths:
            freed = sum(sizes.get(path, 0) for path in paths)
            record.counts = {"files removed": len(paths), "bytes freed": freed}
    return record


def _unused(store: Store, age: timedelta) -> tuple[int, list[str]]:
    """The last record read, and the files that have been of no use for `age` by then."""
    known = store.snapshot()
    snapshot = store.log.replay(known.seq)
    if snapshot.damage:
        raise StoreError(
            f"{snapshot.damage[0][1]}: what it added looks unused; `just doctor` first"
        )
    if {s.path for s in snapshot.shards} != {s.path for s in known.shards}:
        raise StoreError("the records do not amount to the state read; `just doctor repair=true`")
    used = {shard.path for shard in snapshot.shards} | _pinned(store)
    records = store.files.times("log/")
    now = _now(store)
    found = []
    for path, written in store.files.times("shards/").items():
        left = records.get(record_path(store.log.removed.get(path, 0)), written)
        if path not in used and now - max(left, written) >= age:
            found.append(path)
    return snapshot.seq, sorted(found)


def _pinned(store: Store) -> set[str]:
    """The shards of the snapshots that mixtures were made from."""
    found = set[str]()
    for path in store.files.sizes("snapshots/"):
        try:
            found |= {shard["path"] for shard in json.loads(store.files.read(path))["shards"]}
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} is no list of shards: restore it from a copy") from error
    return found


def _now(store: Store) -> datetime:
    """The clock of whoever keeps the files: it tells the time of a file just written."""
    clock = f"clock/{uuid.uuid4().hex}"
    store.files.put(clock, b"")
    now = store.files.times("clock/")[clock]
    store.files.remove(clock)
    return now
