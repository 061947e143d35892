"""The bytes of a store, by path, through obstore: the same calls serve a disk and a bucket.

`put_new` is the one primitive the commit protocol rests on: it creates a file or says that it
exists, never both, never half. On a local disk every write is fsynced, file and folders, before
the call returns (obstore itself does not).
"""

import os
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore

from factory.errors import StoreError


class Files:
    """The files below one local folder. Raises StoreError where the disk says no."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._store = LocalStore(self.root)

    def put(self, path: str, content: bytes) -> None:
        """Write a file durably; a reader sees all of it or nothing."""
        try:
            obstore.put(self._store, path, content, use_multipart=False)
            self.sync(path)
        except (BaseError, OSError) as error:
            raise StoreError(f"cannot write {path} in {self.root}: {_words(error)}") from error

    def put_new(self, path: str, content: bytes) -> bool:
        """Write a file durably unless it exists; False: it exists, nothing was written."""
        try:
            obstore.put(self._store, path, content, mode="create", use_multipart=False)
            self.sync(path)
        except AlreadyExistsError:
            return False
        except (BaseError, OSError) as error:
            raise StoreError(f"cannot write {path} in {self.root}: {_words(error)}") from error
        return True

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        try:
            obstore.head(self._store, path)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    def read(self, path: str) -> bytes:
        """The whole file. Raises StoreError where it is missing."""
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except (BaseError, OSError) as error:
            raise StoreError(f"cannot read {path} in {self.root}: {_words(error)}") from error

    def sizes(self, prefix: str) -> dict[str, int]:
        """Path -> bytes of every file below `prefix`."""
        try:
            pages = obstore.list(self._store, prefix)
            return {file["path"]: file["size"] for page in pages for file in page}
        except (BaseError, OSError) as error:
            raise StoreError(f"cannot list {prefix} in {self.root}: {_words(error)}") from error

    def remove(self, path: str) -> None:
        """Remove a file; one that is gone already is fine."""
        try:
            obstore.delete(self._store, path)
        except (NotFoundError, FileNotFoundError):
            return

    def url(self, path: str) -> str:
        """What DuckDB and Parquet readers open."""
        return str(self.root / path)

    def sync(self, path: str) -> None:
        """Make a file that was written durable, its folders too."""
        file = self.root / path
        sync_path(file)
        folder = file.parent
        while folder != self.root.parent:
            sync_path(folder)
            folder = folder.parent


def sync_path(path: Path) -> None:
    """fsync one local file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _words(error: Exception) -> str:
    """The first line: the operating system's own words, without obstore's debug print."""
    return str(error).splitlines()[0]
