"""Rows that do not fit: counted by reason, and kept whole in the run's own file.

A file is rejects/RUN_ID.jsonl, a line a row: source, row, reason and raw, the row as it was read
(null where it is not mathematics, which is no mistake).
"""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from factory.errors import StoreError
from factory.store import Store
from schemas.exchange import NotMaths, Unfit


class Rejects:
    """The rejects of one run of one source."""

    def __init__(self, store: Store, run_id: str, source: str) -> None:
        self.store, self.source = store, source
        self.path = store.root / "rejects" / f"{run_id}.jsonl"
        self.counts: Counter[str] = Counter()
        self._lines: list[str] = []

    def add(self, number: int, raw: Any, unfit: Unfit) -> None:
        """Count a row and keep it for the next `write`."""
        self.counts[str(unfit)] += 1
        if isinstance(unfit, NotMaths):
            raw = None
        elif isinstance(raw, Unfit):
            raw = getattr(raw, "raw", None)
        kept = {"source": self.source, "row": number, "reason": str(unfit), "raw": raw}
        self._lines.append(json.dumps(kept, ensure_ascii=True, default=str) + "\n")

    def write(self) -> None:
        """Append what was added since. Raises StoreError where the disk refuses."""
        if not self._lines:
            return
        try:
            self.path.parent.mkdir(exist_ok=True)
            with self.path.open("a", encoding="ascii") as file:
                file.writelines(self._lines)
        except OSError as error:
            raise StoreError(f"cannot write {self.path}: {error.strerror}") from error
        self._lines.clear()

    def kept_before(self) -> bool:
        """Whether a recorded run kept exactly these; then this run's file goes and that one counts.

        A file without a run behind it, left by a kill, proves nothing to a reader and is passed
        over.
        """
        if not self.path.exists():
            return False
        runs = {run["run_id"] for run in self.store.snapshot().runs} - {self.path.stem}
        for run_id in sorted(runs, reverse=True):
            earlier = self.path.with_stem(run_id)
            if earlier.exists() and _same(earlier, self.path):
                self.path.unlink()
                self.path = earlier
                return True
        return False


def _same(one: Path, other: Path) -> bool:
    """Equal files; the sizes are compared first because they nearly always decide."""
    return one.stat().st_size == other.stat().st_size and _hash(one) == _hash(other)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
