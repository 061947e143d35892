"""The checkpoint's folder, whole or not there: `<store>/checkpoints/<stage>-<run_id>/`.

A stage writes into a hidden folder beside it, named by everything that decides the weights, so that
the same training started again finds what it had and goes on from there. `lineage.json` is written
last, everything is fsynced, and only then the folder gets its name: one with that name is complete,
and its lineage says what it came from.
"""

import json
import shutil
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from factory.checkpoint import HUB, LINEAGE, complete, known, read
from factory.errors import StoreError, UserError, unknown
from factory.files import sync_path
from factory.store import canonical

LIBRARIES = ("torch", "transformers", "trl", "datasets", "accelerate")
SAMPLED = "completions"  # what a stage sampled for itself, until it is in the store
WHOLE = "whole"  # a point to resume from ends with this file


class Checkpoint:
    """A checkpoint being made: write its files into `part`, then `seal`."""

    def __init__(self, root: Path, stage: str, identity: str) -> None:
        self.home, self.stage, self.identity = root / "checkpoints", stage, identity
        self.part = self.home / f".{stage}-{identity}.part"

    def open(self) -> None:
        """Make the folder. Raises StoreError."""
        try:
            self.part.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot write {self.part}: {error.strerror}") from error

    def made(self) -> Path | None:
        """The complete checkpoint of the same training, if there is one."""
        same = (each for each in complete(self.home.parent) if each["identity"] == self.identity)
        return next((Path(each["folder"]) for each in same), None)

    def leave(self) -> None:
        """Remove what was not sealed and holds no point to resume from."""
        if not self.newest():
            self.remove()

    def remove(self) -> None:
        """Remove what was not sealed."""
        shutil.rmtree(self.part, ignore_errors=True)

    def newest(self) -> Path | None:
        """The newest point to resume from that was written to its end; others are removed."""
        points = sorted(self.part.glob("checkpoint-*"), key=lambda p: int(p.name.partition("-")[2]))
        whole = [point for point in points if (point / WHOLE).exists()]
        for point in points:
            if point not in whole:
                shutil.rmtree(point, ignore_errors=True)  # another process may be at it
        return whole[-1] if whole else None

    def seal(self, run_id: str, lineage: dict[str, Any]) -> Path:
        """Write the lineage last, make everything durable and give the folder its name."""
        # A pickle of the trainer's arguments, and a page about TRL: the recipe says more.
        for name in ("training_args.bin", "README.md"):
            (self.part / name).unlink(missing_ok=True)
        for path in self.part.iterdir():
            sync_path(path)
        last = self.part / LINEAGE
        lineage |= {"identity": self.identity}
        last.write_text(json.dumps(lineage, indent=2, ensure_ascii=False) + "\n")
        sync_path(last)
        sync_path(self.part)
        folder = self.home / f"{self.stage}-{run_id}"
        self.part.replace(folder)
        sync_path(self.home)
        # Only now: killed before, it goes on from them.
        for point in folder.glob("checkpoint-*"):
            shutil.rmtree(point, ignore_errors=True)
        return folder


def identity(facts: dict[str, Any]) -> str:
    """12 hex digits of what decides the weights: stage, recipe, mixture, parent, versions."""
    return sha256(canonical(facts).encode()).hexdigest()[:12]


def parent(root: Path, before: str | None, recipe: str, asked: str | None) -> str:
    """The folder (or hub id) a stage starts from: the one asked for, else the newest complete one
    of the stage before, of the same recipe. Raises UserError where there is none.
    """
    if asked:
        return _named(root, asked)
    fitting = [each for each in complete(root) if each["stage"] == before]
    same = [each for each in fitting if each["recipe"]["recipe"] == recipe]
    if same:
        return same[-1]["folder"]
    others = ", ".join(Path(each["folder"]).name for each in fitting[-3:])
    hint = f"parent=NAME, known: {others}" if others else "parent=FOLDER or OWNER/NAME of the hub"
    makes = f"`just train stage={before} recipe={recipe}` makes one; or "
    if not (Path(__file__).parent / "recipes" / str(before) / f"{recipe}.yaml").exists():
        makes = ""
    raise UserError(
        f"no checkpoint of stage {before!r}, recipe {recipe!r} in {root} to start from; "
        f"{makes}give {hint}"
    )


def _named(root: Path, asked: str) -> str:
    there = known(str(root))
    if asked in there:
        return str(there[asked])
    if Path(asked).is_dir() or HUB.fullmatch(asked):
        return asked
    raise unknown("checkpoint", asked, there, "; or give a folder, or a hub id")


def described(path: str) -> dict[str, Any]:
    """What a lineage says of a parent: its name and, of one of ours, its run and its identity."""
    last = Path(path) / LINEAGE
    if not last.is_file():
        return {"name": path}
    lineage = read(last)
    return {
        "name": Path(path).name,
        "run_id": lineage["run_id"],
        "identity": lineage["identity"],
        "mixtures": [
            *(lineage["parent"] or {}).get("mixtures", []),
            lineage["mixture"]["mixture_id"],
        ],
    }


def library_versions() -> dict[str, str]:
    """Versions of the libraries that shape the weights."""
    return {name: version(name) for name in LIBRARIES}
