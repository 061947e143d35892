"""Runs: how a step's work is executed, recorded and kept from colliding.

A step holds the store's lock of its kind while it runs: of two started at once the second waits.
Each unit of work is one commit that carries the run's record, so an interrupted run leaves its
finished units and the next one computes what is still owed. `spread` has units worked on by all
cores; a step is a function of Arrow rows and does not know.
"""

import fcntl
import math
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain, islice
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from typing import Any, TypeVar

from factory import __version__
from factory.errors import StoreError
from factory.store import Run, Store

Unit = TypeVar("Unit")
Done = TypeVar("Done")


@contextmanager
def run(store: Store, kind: str, recipe: dict[str, Any], lock: str | None = None) -> Iterator[Run]:
    """One recorded run, holding the lock of its kind, or one of its own.

    The record is committed on leaving if the run did anything (a count above zero). Run ids begin
    with the log's length at the start, so that they sort as the runs did.
    """
    with locked(store.root, lock or kind):
        record = Run(
            run_id=f"{store.snapshot().seq:08d}-{secrets.token_hex(4)}",
            kind=kind,
            recipe=recipe,
            started=datetime.now(UTC).isoformat(timespec="milliseconds"),
            versions=versions(),
        )
        clock = time.monotonic()
        try:
            yield record
            record.status = "finished"
        except (KeyboardInterrupt, SystemExit):
            record.status = "interrupted"
            raise
        except BaseException:
            record.status = "failed"
            raise
        finally:
            record.seconds = round(time.monotonic() - clock, 3)
            if any(record.counts.values()):
                _close(store, record)


def _close(store: Store, record: Run) -> None:
    """Commit the last word on a run; where the disk refuses, the error under way counts more."""
    try:
        store.commit(record)
    except StoreError:
        if record.status == "finished":
            raise


@contextmanager
def locked(root: Path, kind: str, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the store's lock of one kind of run; wait, saying so, while another process does."""
    path = root / "locks" / kind
    try:
        path.parent.mkdir(exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"cannot write in {root}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(handle, 32, 0).decode() or "unknown"
            words = f"another {kind} (process {owner}) works on {root}; waiting for it"
            (say or _to_stderr)(words)
            fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(OSError):  # on a full disk nobody is told who waits for whom
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def spread(work: Callable[[Unit], Done], units: Iterable[Unit]) -> Iterator[Done]:
    """`work(unit)` for every unit, in order, by a process per core; a few units are in flight.

    `work` is a function of a module. One unit alone is worked on here.
    """
    coming, cores = iter(units), len(os.sched_getaffinity(0))
    first = list(islice(coming, 2))
    if len(first) < 2 or cores == 1:
        yield from map(work, chain(first, coming))
        return
    ours = get_context("spawn")  # not forked: this process has threads
    with ProcessPoolExecutor(cores, ours, _worker) as pool:
        flying: deque[Future[Done]] = deque()
        others = {*active_children()}
        try:
            for unit in chain(first, coming):
                flying.append(pool.submit(work, unit))
                if len(flying) > 2 * cores:
                    yield flying[0].result()
                    flying.popleft()
            while flying:
                yield flying[0].result()
                flying.popleft()
        finally:
            if flying:  # nobody waits for what is not wanted any more
                for worker in {*active_children()} - others:
                    worker.kill()
            pool.shutdown(wait=False, cancel_futures=True)


def units(
    batches: Iterable[Unit], least: int, size: Callable[[Unit], int], seconds: float = math.inf
) -> Iterator[list[Unit]]:
    """Batches, so many at a time that their sizes come to `least`; the last ones may be fewer.

    So may those that took `seconds` to come: what waits to be committed is not to wait for long.
    """
    held, total, began = list[Unit](), 0, time.monotonic()
    for batch in batches:
        held.append(batch)
        total += size(batch)
        if total >= least or time.monotonic() - began >= seconds:
            yield held
            held, total, began = [], 0, time.monotonic()
    if held:
        yield held


def _worker() -> None:
    """Ctrl-C is for the parent alone; without a parent, one that was killed, nobody works."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := parent_process():
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def _to_stderr(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def versions() -> dict[str, str]:
    """Our version and, in a checkout, the commit."""
    here = Path(__file__).parent.parent
    found = {"factory": __version__, "python": sys.version.split()[0]}
    if (here / ".git").exists() and shutil.which("git"):
        asked = subprocess.run(
            ["git", "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True
        )
        if asked.returncode == 0:
            found["commit"] = asked.stdout.strip()
    return found
