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
from typing import NamedTuple

from pydantic import field_validator

from factory import engine
from factory.errors import StoreError
from factory.log import record_path
from factory.progress import Progress
from factory.recipe import Recipe, shown
from factory.store import Run, Snapshot, Store

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _age(words: str) -> timedelta:
    """`7d` as a span of time. Raises ValueError."""
    if not re.fullmatch(r"[0-9]+[smhd]", words):
        raise ValueError("give a number and s, m, h or d, such as 7d")
    try:
        return timedelta(**{UNITS[words[-1]]: int(words[:-1])})
    except OverflowError as error:
        raise ValueError("give an age of at most 999999999d") from error


class GcRecipe(Recipe):
    """How long a file must have been out of use; `plan`: tell, and remove nothing."""

    older_than: str
    plan: bool

    @field_validator("older_than")
    @classmethod
    def _an_age(cls, words: str) -> str:
        _age(words)
        return words


class Unused(NamedTuple):
    """Files that are not live after record `seq`, with their bytes."""

    seq: int
    old: dict[str, int]  # nobody reads them, and has not for long enough
    pinned: dict[str, int]


def run(store: Store, recipe: GcRecipe, progress: Progress) -> Run | None:
    """Remove them, or, None, tell which would be. Raises StoreError where the log is damaged."""
    with engine.run(store, "gc", shown(recipe)) as record:
        age = _age(recipe.older_than)
        found = _unused(store, age)
        if recipe.plan:
            print(*found.old, f"{_size(found.old)} would be removed", sep="\n")
            if found.pinned:
                print(kept(found.pinned))
            return None
        while found.old and not store.bury(record, found.seq, list(found.old)):
            found = _unused(store, age)
        with progress.task("remove", len(found.old)) as advance:
            for path in found.old:
                store.files.remove(path)
                advance()
        if found.old:
            freed = sum(found.old.values())
            record.counts = {"files removed": len(found.old), "bytes freed": freed}
    return record


def kept(pinned: dict[str, int]) -> str:
    """What pinned files, path -> bytes, are there for."""
    return f"{_size(pinned)} are kept for frozen mixtures"


def _size(files: dict[str, int]) -> str:
    return f"{len(files):,} files, {sum(files.values()) / 1e6:,.1f} MB"


def _unused(store: Store, age: timedelta) -> Unused:
    snapshot = _believed(store)
    live, pinned = {shard.path for shard in snapshot.shards}, pins(store)
    now, records = _now(store), store.files.kept("log/")
    found = Unused(snapshot.seq, {}, {})
    for path, file in sorted(store.files.kept("shards/").items()):
        since = file.written
        if taken_out := store.log.removed.get(path):
            record = records.get(record_path(taken_out))
            since = max(since, record.written if record else now)  # a listing may lack one
        if path in pinned and path not in live:
            found.pinned[path] = file.bytes
        elif path not in live and now - since >= age:
            found.old[path] = file.bytes
    return found


def _believed(store: Store) -> Snapshot:
    """What is live by every record and by the state alike. Raises StoreError."""
    known = store.snapshot()
    snapshot = store.log.replay(known.seq)
    if snapshot.damage:
        raise StoreError(
            f"{snapshot.damage[0][1]}: what it added looks unused; `just doctor` first"
        )
    if {s.path for s in snapshot.shards} != {s.path for s in known.shards}:
        raise StoreError("the records do not amount to the state read; `just doctor repair=true`")
    return snapshot


def pins(store: Store) -> set[str]:
    """The shards of the snapshots that mixtures were made from. Raises StoreError."""
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
    now = store.files.kept("clock/")[clock].written
    store.files.remove(clock)
    return now
