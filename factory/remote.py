"""The shards of a bucket as a file system for DuckDB.

A shard never changes and its record says how large it is, so that nothing is asked of the bucket
but bytes: DuckDB alone would ask four times a view about every file. What is no shard of the
snapshot is not there.
"""

import io
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fsspec import AbstractFileSystem

from factory.errors import StoreError
from factory.files import Files
from factory.log import Shard

UNREACHED = "the bucket says: "
BLOCK = 1 << 20  # small reads are of footers and pages that lie side by side
NEVER_CHANGED = datetime(2000, 1, 1, tzinfo=UTC)


class Shards(AbstractFileSystem):
    """Read-only; paths are `Files.url` of the shards, with or without `s3://`."""

    protocol = "s3"
    cachable = False

    def __init__(self, files: Files, shards: Iterable[Shard]) -> None:
        super().__init__()
        self._files = files
        self._shards = {self._strip_protocol(files.url(s.path)): s for s in shards}

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Name, size and type of a shard. Raises FileNotFoundError."""
        name = self._strip_protocol(path)
        if name not in self._shards:
            raise FileNotFoundError(path)
        return {"name": name, "size": self._shards[name].bytes, "type": "file"}

    def modified(self, path: str) -> datetime:
        """Shards are not."""
        return NEVER_CHANGED

    def _open(self, path: str, *_: Any, **__: Any) -> Any:
        """The shard as a file."""
        found = self.info(path)
        return ShardFile(self._files, self._shards[found["name"]])


class Place(threading.local):
    """Where one thread is in a file, and the block it read last."""

    at = begins = 0
    block = b""


class ShardFile(io.RawIOBase):
    """One shard, a block at a time.

    DuckDB's threads share it, and each seeks before it reads: so each has a place of its own.
    """

    def __init__(self, files: Files, shard: Shard) -> None:
        super().__init__()
        self._files, self._path, self.size = files, shard.path, shard.bytes
        self._place = Place()

    def _bytes(self, start: int, end: int) -> bytes:
        try:
            return self._files.read_range(self._path, start, end)
        except StoreError as error:
            raise OSError(f"{UNREACHED}{error}") from error

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The place of the next byte."""
        return self._place.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place.at, io.SEEK_END: self.size}[whence]
        self._place.at = base + offset
        return self._place.at

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        place = self._place
        end = self.size if size < 0 else min(place.at + size, self.size)
        if not place.begins <= place.at <= end <= place.begins + len(place.block):
            place.begins = place.at - place.at % BLOCK
            upto = min(max(end, place.begins + BLOCK), self.size)
            place.block = self._bytes(place.begins, upto)
        found = place.block[place.at - place.begins : end - place.begins]
        place.at = end
        return found
