"""Problems out of a data set of the Hugging Face hub: path=OWNER/NAME split=train question=FIELD.

Rows are streamed through `datasets` (extra `hub`); the split asked for is the split of the rows.
A folder of exported files works as `path` too.
"""

from collections.abc import Iterator
from typing import Any

from factory.errors import MissingExtra, UserError
from factory.sources import _files
from factory.sources._fields import parse

__all__ = ["parse", "read"]


def read(recipe: Any) -> Iterator[_files.Raw]:
    """The rows of one split. Raises UserError with the hub's own words."""
    if recipe.path is None or recipe.split is None:
        raise UserError("source=hub needs path=OWNER/NAME and split=NAME")
    try:
        import datasets
    except ModuleNotFoundError as error:
        raise MissingExtra("datasets", "hub") from error
    try:
        rows = datasets.load_dataset(recipe.path, split=recipe.split, streaming=True)
        yield from enumerate(rows)
    except (OSError, ValueError) as error:
        raise UserError(f"hub {recipe.path}: {str(error).splitlines()[0]}") from error
