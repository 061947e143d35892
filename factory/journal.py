"""The journal: a paid reply is on disk before its slot is freed, and leaves only into shards.

One file per segment of a run, one JSON line per row, written to the operating system at once and
fsynced within `SYNC_S`. A torn last line was never acknowledged. Rows are committed before their
file goes, and the commit drops rows already there: sealing twice changes nothing.
"""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from factory.errors import StoreError

SYNC_S = 0.1

Line = tuple[str, dict[str, Any]]


class Journal:
    """An open journal; rows are (table, row). Safe to write from several threads."""

    def __init__(self, root: Path, segment: int, run: dict[str, Any]) -> None:
        self.path = root / "journal" / f"{run['run_id']}-{segment:04d}.jsonl"
        self._guard = threading.Lock()
        self._dirty_since: float | None = None
        self._closing = threading.Event()
        try:
            self.path.parent.mkdir(exist_ok=True)
            self._handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise StoreError(f"cannot write in {root}: {error.strerror}") from error
        self._syncer = threading.Thread(target=self._sync_forever, daemon=True)
        self._syncer.start()
        self.write("run", run)

    def write(self, table: str, row: dict[str, Any]) -> None:
        """Append one row; returns when the operating system has it. Raises StoreError."""
        line = _line(table, row)
        with self._guard:
            try:
                written = os.write(self._handle, line)
            except OSError as error:
                raise StoreError(f"cannot write {self.path}: {error.strerror}") from error
            if written < len(line):
                raise StoreError(f"cannot write {self.path}: the disk took half a line; it is full")
            self._dirty_since = self._dirty_since or time.monotonic()

    def close(self) -> None:
        """Sync and stop; the file stays until its rows are sealed. Closing twice is fine."""
        if not self._closing.is_set():
            self._closing.set()
            self._syncer.join()
            os.fsync(self._handle)
            os.close(self._handle)

    def _sync_forever(self) -> None:
        while not self._closing.wait(SYNC_S / 2):
            if self._dirty_since is not None:
                self._dirty_since = None
                os.fsync(self._handle)


def _line(table: str, row: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps([table, row], option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a lone surrogate, a number of more than 64 bits: Python's own takes them
        return json.dumps([table, row]).encode() + b"\n"


def left(root: Path) -> list[Path]:
    """The journals in the store, oldest run first."""
    return sorted((root / "journal").glob("*.jsonl"))


def lines(path: Path) -> Iterator[Line | bytes]:
    """The rows of a journal; a line that cannot be read comes as it is.

    A last line without its end is passed over: the run was killed in it, and nobody was told that
    it was kept.
    """
    with path.open("rb") as file:
        for raw in file:
            if not raw.endswith(b"\n"):
                return
            try:
                table, row = json.loads(raw)
            except (ValueError, TypeError):
                yield raw
            else:
                yield table, row


def rows(path: Path) -> int:
    """How many replies a journal holds."""
    return sum(1 for line in lines(path) if isinstance(line, bytes) or line[0] != "run")
