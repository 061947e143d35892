"""Problems out of a JSON file; the user names the fields."""

from collections.abc import Iterator
from typing import Any

from factory.sources import _files
from factory.sources._fields import parse

__all__ = ["parse", "read"]


def read(recipe: Any) -> Iterator[_files.Raw]:
    """The rows of `path`."""
    return _files.json(_files.path_of(recipe))
