"""Problems out of a JSONL file; the user names the fields."""

from factory.sources import _files
from factory.sources._fields import parse

__all__ = ["parse", "read"]

read = _files.of(_files.jsonl)
