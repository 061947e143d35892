"""Rows out of the Hugging Face hub, or out of what was downloaded from it.

A file is read by its ending. A folder, as `hf download` leaves one, and an OWNER/NAME are streamed
through `datasets` (extra `hub`), which knows configurations and splits from the set's card.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from factory.errors import MissingExtra, UserError
from factory.sources import _files
from schemas.row import Split

SPLITS = {**{split: split for split in get_args(Split)}, "dev": "validation"}
SECONDS = 20  # to wait for the hub's first word


@dataclass(frozen=True, slots=True)
class Published:
    """A data set with a known home: its name here, its id there, and what it has by default.

    `part` is the hub's name of a split; None where there is no telling which one is meant.
    """

    source: str
    id: str
    config: str | None = None
    part: str | None = "train"

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
        return rows(recipe.path or self.id, recipe.config or self.config, part)

    def split(self, recipe: Any) -> str | None:
        """The split that its own name puts the rows in."""
        return SPLITS.get(self._part(recipe) or "")

    def _part(self, recipe: Any) -> str | None:
        told = None if recipe.path is None else split_in(Path(recipe.path))
        return recipe.part or told or recipe.split or self.part


def split_in(path: Path) -> str | None:
    """The split that stands in a file's name as a word; None where none does, or several do."""
    found = set(SPLITS) & set(re.split("[^a-z]+", path.name.lower()))
    return SPLITS[found.pop()] if len(found) == 1 and not path.is_dir() else None


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
