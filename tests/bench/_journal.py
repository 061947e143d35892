"""`python -m factory ...` with the journal told to do nothing, or to count what it takes.

    python _journal.py off|timed WORD ...

`off`: no line is written, no file synced; all else is the command itself. `timed`: its last line
holds the CPU seconds of writing (encoding, the lock, the system call) and of syncing.
"""

import sys
import time
from pathlib import Path
from typing import Any

from factory import __main__, sampler
from factory.journal import Journal


class Off(Journal):
    """Takes rows and keeps none; the file is there, for the run unlinks it."""

    def __init__(self, root: Path, segment: int, run: dict[str, Any]) -> None:
        self.path = root / "journal" / f"{run['run_id']}-{segment:04d}.jsonl"

    def write(self, table: str, row: dict[str, Any]) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class Timed(Journal):
    """The journal with a watch on each thread's CPU."""

    writing = 0.0
    syncing = 0.0

    def write(self, table: str, row: dict[str, Any]) -> None:
        """Append one row, timed."""
        began = time.thread_time()
        super().write(table, row)
        Timed.writing += time.thread_time() - began

    def _sync_forever(self) -> None:
        super()._sync_forever()
        Timed.syncing += time.thread_time()  # the whole life of the thread that syncs


if __name__ == "__main__":
    sampler.Journal = {"off": Off, "timed": Timed}[sys.argv[1]]
    code = __main__.main(sys.argv[2:])
    print(f"journal {Timed.writing + Timed.syncing}")
    sys.exit(code)
