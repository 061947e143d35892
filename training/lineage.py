"""The checkpoint's folder, whole or not there: `<store>/checkpoints/<stage>-<run_id>/`.

A stage writes into a hidden folder beside it. `lineage.json` is written last, everything is
fsynced, and only then the folder gets its name: one with that name is complete, and its lineage
says what it came from.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from factory.errors import StoreError
from factory.files import sync_path

LIBRARIES = ("torch", "transformers", "trl", "datasets")


class Checkpoint:
    """A checkpoint being made: write its files into `part`, then `seal`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.part = folder.with_name(f".{folder.name}.part")

    def seal(self, lineage: dict[str, Any]) -> None:
        """Write the lineage last, make everything durable and give the folder its name."""
        for path in self.part.iterdir():
            sync_path(path)
        last = self.part / "lineage.json"
        last.write_text(json.dumps(lineage, indent=2, ensure_ascii=False) + "\n")
        sync_path(last)
        sync_path(self.part)
        self.part.replace(self.folder)
        sync_path(self.folder.parent)


@contextmanager
def checkpoint(root: Path, stage: str, run_id: str) -> Iterator[Checkpoint]:
    """A checkpoint to fill and seal; what is not sealed on leaving is removed."""
    made = Checkpoint(root / "checkpoints" / f"{stage}-{run_id}")
    try:
        made.part.mkdir(parents=True)
    except OSError as error:
        raise StoreError(f"cannot write {made.part}: {error.strerror}") from error
    try:
        yield made
    finally:
        shutil.rmtree(made.part, ignore_errors=True)


def library_versions() -> dict[str, str]:
    """Versions of the libraries that shape the weights."""
    return {name: version(name) for name in LIBRARIES}
