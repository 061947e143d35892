"""Problems out of a data set of the Hugging Face hub: path=OWNER/NAME split=train question=FIELD.

Rows are streamed through `datasets` (extra `hub`). `split` is what the rows are to us; where the
hub calls that split something else, `part` names it there, and `config` names a configuration. A
folder of exported files works as `path` too.
"""

from collections.abc import Iterator
from typing import Any

from factory.errors import UserError
from factory.sources import _files, _hub
from factory.sources._fields import parse

__all__ = ["name", "parse", "read"]


def name(recipe: Any) -> str:
    """The set's name with its part."""
    path, part = _asked(recipe)
    return _hub.called(path, recipe.config, part)


def _asked(recipe: Any) -> tuple[str, str]:
    if recipe.path is None or recipe.split is None:
        raise UserError("source=hub needs path=OWNER/NAME and split=NAME")
    return recipe.path, recipe.part or recipe.split


def read(recipe: Any) -> Iterator[_files.Raw]:
    """The rows of one part. Raises UserError with the hub's own words."""
    path, part = _asked(recipe)
    return _hub.rows(path, recipe.config, part)
