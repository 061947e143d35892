"""The bytes of a store, by path, through obstore: the same calls serve a folder and a bucket.

`put_new` is the one primitive the commit protocol rests on: it creates a file or says that it
exists, never both, never half. In a folder every write is fsynced, file and folders, before
the call returns (obstore itself does not); a bucket acknowledges nothing that is not durable.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore

from factory import bucket
from factory.errors import StoreError

TRIES = 5


class Kept(NamedTuple):
    """A file: its size, and when it was written by the clock of whoever keeps it."""

    bytes: int
    written: datetime


class Files:
    """The files below one folder or one prefix of a bucket. Raises StoreError where it says no.

    `where` is how people call it. `local` is a folder of this machine for what is not shared:
    the root itself, or, of a bucket, one below the user's state folder.
    """

    def __init__(self, root: str | Path) -> None:
        self.remote = bucket.is_url(root)
        if self.remote:
            self.where = self._base = str(root).rstrip("/")
            self.local = bucket.local_folder(self.where)
        else:
            self.where, self.local = str(root), Path(root)
            self._base = str(self.local.absolute())

    @cached_property
    def _store(self) -> Any:
        return bucket.open_store(self.where) if self.remote else LocalStore(self._base)

    def make(self) -> None:
        """Make the local folder."""
        try:
            self.local.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make a store in {self.where}: {error.strerror}") from error

    def reach(self) -> None:
        """Raises StoreError where a bucket cannot be reached at all, with its reason."""
        if self.remote:
            self._list("")

    def put(self, path: str, content: bytes) -> None:
        """Write a file durably; a reader sees all of it or nothing."""
        with self._told("write", path):
            obstore.put(self._store, path, content, use_multipart=False)
            self.sync(path)

    def put_new(self, path: str, content: bytes) -> bool:
        """Write a file durably unless it exists; False: it exists, with other content.

        An answer can be lost on its way and the request be sent again: a file that exists and is
        the one we wrote is ours.
        """
        with self._told("write", path):
            for _ in range(TRIES):
                try:
                    obstore.put(self._store, path, content, mode="create", use_multipart=False)
                except AlreadyExistsError:
                    there = self.find(path) if self.remote else b""
                    if there is None:  # S3's 409: two puts at once, and neither is there yet
                        continue
                    return self.remote and there == content
                self.sync(path)
                return True
        raise StoreError(
            f"cannot write {path} in {self._base}: it is said to exist and is not there"
        )

    def keeps(self, path: str) -> bool:
        """Whether `put_new` leaves this file as it is; a server that cannot would replace it.

        Asked with the file's own content, so that nothing is lost where it does not.
        """
        content = self.read(path)
        with self._told("write", path):
            try:
                obstore.put(self._store, path, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return True
            return False

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        if not self.remote and not self.local.is_dir():
            return False
        with self._told("read", path):
            try:
                obstore.head(self._store, path)
            except (NotFoundError, FileNotFoundError):
                return False
            except BaseError:
                if self.remote:  # a HEAD has no words of the server's: a list has
                    self._list(path)
                raise
            return True

    def read(self, path: str) -> bytes:
        """The whole file. Raises StoreError where it is missing."""
        with self._told("read", path):
            return bytes(obstore.get(self._store, path).bytes())

    def find(self, path: str) -> bytes | None:
        """The whole file; None where there is none."""
        with self._told("read", path):
            try:
                return bytes(obstore.get(self._store, path).bytes())
            except (NotFoundError, FileNotFoundError):
                return None

    def read_range(self, path: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`."""
        with self._told("read", path):
            return bytes(obstore.get_range(self._store, path, start=start, end=end))

    def sizes(self, prefix: str) -> dict[str, int]:
        """Path -> bytes of every file below `prefix`."""
        return {file["path"]: file["size"] for file in self._list(prefix)}

    def kept(self, prefix: str) -> dict[str, Kept]:
        """Path -> size and time of every file below `prefix`."""
        return {f["path"]: Kept(f["size"], f["last_modified"]) for f in self._list(prefix)}

    def _list(self, prefix: str) -> list[Any]:
        with self._told("list", prefix):
            return [file for page in obstore.list(self._store, prefix) for file in page]

    def remove(self, path: str) -> None:
        """Remove a file; one that is gone already is fine."""
        with self._told("remove", path):
            try:
                obstore.delete(self._store, path)
            except (NotFoundError, FileNotFoundError):
                return

    def url(self, path: str) -> str:
        """What DuckDB opens."""
        return f"{self._base}/{path}"

    def sync(self, path: str) -> None:
        """Make a file that was written durable, its folders too."""
        if self.remote:
            return
        root = Path(self._base)
        file = root / path
        sync_path(file)
        folder = file.parent
        while folder != root.parent:
            sync_path(folder)
            folder = folder.parent

    @contextmanager
    def _told(self, doing: str, path: str) -> Iterator[None]:
        """What the disk or the bucket refuses, in one line."""
        try:
            yield
        except (BaseError, OSError) as error:
            raise StoreError(f"cannot {doing} {path} in {self._base}: {_words(error)}") from error


def sync_path(path: Path) -> None:
    """fsync one local file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _words(error: Exception) -> str:
    """What the server says of itself, else the first line, without obstore's debug print."""
    text = str(error)
    said = [re.search(f"<{tag}>([^<]*)</{tag}>", text) for tag in ("Code", "Message")]
    words = ": ".join(found[1] for found in said if found)
    return f"{words}{bucket.advice(text)}" if words else text.splitlines()[0] + bucket.advice(text)
