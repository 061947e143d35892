"""Rows out of the Hugging Face hub, or out of what was downloaded from it.

A file is read by its ending. A folder, as `hf download` leaves one, and an OWNER/NAME are streamed
through `datasets` (extra `hub`), which knows configurations and splits from the set's card.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from factory.errors import MissingExtra, UserError, unknown
from factory.sources import _files
from schemas.row import Split

SPLITS = {
    **{split: split for split in get_args(Split)},
    **dict.fromkeys(("val", "valid", "dev"), "validation"),
    **dict.fromkeys(("eval", "heldout"), "test"),
}
SECONDS = 20  # to wait for the hub's first word


@dataclass(frozen=True, slots=True)
class Published:
    """A data set with a known home: its name here, its id there, and what it has by default.

    `part` is the hub's name of a split, taken where neither the recipe nor the path says one: of a
    set that publishes only train, any file is train. None: there is no telling which is meant.
    `parts` are all the splits it has, `configs` its configurations where there is a choice.
    """

    source: str
    id: str
    config: str | None = None
    part: str | None = "train"
    parts: tuple[str, ...] = ("train",)
    configs: tuple[str, ...] = ()

    def name(self, recipe: Any) -> str:
        """`SOURCE`, `SOURCE:CONFIG`, `SOURCE:PART`: each of these numbers its rows from 0."""
        config = None if recipe.config == self.config else recipe.config
        part = None if self._part(recipe) == self.part else self._part(recipe)
        return ":".join(word for word in (self.source, config, part) if word)

    def read(self, recipe: Any) -> Iterator[_files.Raw]:
        """The rows of `path`, else of the hub. Raises UserError."""
        part = self._part(recipe)
        if part is None:
            where = recipe.path or self.id
            raise UserError(f"cannot tell the split of {where}: give split=train or split=test")
        self.check(recipe, part)
        return rows(recipe.path or self.id, recipe.config or self.config, part)

    def check(self, recipe: Any, part: str) -> None:
        """Raises UserError for what the set does not have. A file may hold any split of it."""
        if self.configs and recipe.config not in (None, *self.configs):
            raise unknown("config", recipe.config, self.configs, f" ({self.id})")
        is_file = recipe.path is not None and Path(recipe.path).is_file()
        if not is_file and part not in self.parts:
            raise unknown("split", part, self.parts, f" ({self.id})")

    def split(self, recipe: Any) -> str | None:
        """The split that its own name puts the rows in."""
        return SPLITS.get(self._part(recipe) or "")

    def _part(self, recipe: Any) -> str | None:
        told = splits_in(Path(recipe.path)) if recipe.path else set()
        default = None if len(told) > 1 else self.part
        return recipe.part or (told.pop() if len(told) == 1 else recipe.split or default)


def splits_in(path: Path) -> set[str]:
    """The splits in the nearest name of a file's path that says any: of the file itself every word
    counts, of its folder and the folder of that the last word (`test`, `partial-test`)."""
    if path.is_dir():
        return set()
    top = 2 if path.is_absolute() else 0  # what lies in /dev is not for development
    folders = reversed(path.parts[top:-1][-2:])
    said = [_words_of(path.name), *(_words_of(folder)[-1:] for folder in folders)]
    return next(filter(None, ({SPLITS[w] for w in words if w in SPLITS} for words in said)), set())


def _words_of(name: str) -> list[str]:
    spelt = re.sub("held[^a-z]out", "heldout", name.lower())
    return [word for word in re.split("[^a-z]+", spelt) if word]


def called(path: str, config: str | None, part: str) -> str:
    """`OWNER/NAME:PART`, or `OWNER/NAME:CONFIG:PART`: each part numbers its rows from 0."""
    where = Path(path).name if Path(path).is_dir() else path
    return ":".join(word for word in (where, config, part) if word)


def rows(path: str, config: str | None, part: str) -> Iterator[_files.Raw]:
    """The rows of a file, of a folder or of a set on the hub. Raises UserError."""
    where = Path(path)
    if where.is_file():
        return _files.any_format(where)
    if where.is_dir():
        return streamed(path, config, part)
    if where.suffix in _files.READERS or not re.fullmatch(r"[\w.-]+/[\w.-]+", path):
        raise UserError(f"path={path}: no such file or folder, and no OWNER/NAME of the hub")
    return streamed(path, config, part)


def streamed(path: str, config: str | None, part: str) -> Iterator[_files.Raw]:
    """One part of a set, a row at a time. Raises UserError with the hub's own words."""
    try:
        import datasets
        from datasets.exceptions import DatasetsError
    except ModuleNotFoundError as error:
        raise MissingExtra("datasets", "hub") from error
    datasets.disable_progress_bars()
    if not Path(path).is_dir():
        _reach(path)
    try:
        yield from enumerate(datasets.load_dataset(path, config, split=part, streaming=True))
    except (OSError, ValueError, DatasetsError) as error:
        raise UserError(f"hub {path}: {_words(error)}") from error


def _reach(path: str) -> None:
    """One request before `datasets` makes its own: those are tried for half a minute, aloud."""
    from huggingface_hub import HfApi
    from huggingface_hub.utils import httpx

    try:
        HfApi().dataset_info(path, timeout=SECONDS)
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise UserError(
            f"hub {path}: {_words(error)} (where the hub is out of reach, give path=FILE or "
            f"path=FOLDER of what `hf download --repo-type dataset {path}` fetches elsewhere)"
        ) from error


def _words(error: Exception) -> str:
    """The first line of an error that says something."""
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)
