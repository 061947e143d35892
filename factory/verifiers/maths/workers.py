"""Long-lived judge processes that the parent kills at a hard deadline.

Safe from any thread: a worker belongs to one caller at a time. Workers start when first needed,
are warm before a deadline begins, are replaced after a kill and after `RECYCLE` questions
(sympy's caches only grow), and end with this process. A forked child forgets its parent's
workers.
"""

import atexit
import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("worker.py")
RECYCLE = 5000
START_S = 60.0


class WorkerTimeout(Exception):
    """The deadline passed; the worker was killed."""


class WorkerFailure(Exception):
    """The worker died or reported an error."""


class Worker:
    """One child process and the pipe to it; it may still be starting until the first question."""

    def __init__(self) -> None:
        self.asked = 0
        self._ready = False
        self._pending = b""
        # -P: the script's folder must not shadow libraries. Own session: Ctrl-C is for the parent.
        command = [sys.executable, "-P", str(SCRIPT)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            bufsize=0, start_new_session=True,
        )  # fmt: skip

    def ask(self, gold: str, given: str, seconds: float) -> dict[str, Any]:
        """The reply, with the `seconds` it took."""
        if not self._ready:
            self._receive(time.monotonic() + START_S)
            self._ready = True
        self.asked += 1
        started = time.monotonic()
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps([gold, given, seconds]).encode() + b"\n")
        except OSError as error:
            raise WorkerFailure("worker is gone") from error
        reply = self._receive(started + seconds)
        return reply | {"seconds": time.monotonic() - started}

    def _receive(self, deadline: float) -> dict[str, Any]:
        assert self._process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._pending:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise WorkerTimeout
                chunk = os.read(self._process.stdout.fileno(), 65536)
                if not chunk:
                    raise WorkerFailure("worker died, most likely of its memory limit")
                self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        return json.loads(line)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


class Workers:
    """The idle workers, a spare among them; at most one per core answers at a time."""

    def __init__(self) -> None:
        self._idle: deque[Worker] = deque()
        self._slots = threading.BoundedSemaphore(len(os.sched_getaffinity(0)))

    def ask(self, gold: str, given: str, seconds: float) -> dict[str, Any]:
        """One reply; raises WorkerTimeout or WorkerFailure. Waiting for a worker is not counted."""
        with self._leased() as worker:
            reply = worker.ask(gold, given, seconds)
        if "error" in reply:
            raise WorkerFailure(reply["error"])
        return reply

    @contextlib.contextmanager
    def _leased(self) -> Iterator[Worker]:
        with self._slots:
            worker = self._take()
            try:
                yield worker
            except BaseException:  # whatever happened, its pipe can no longer be trusted
                worker.close()
                raise
            self._give_back(worker)

    def _take(self) -> Worker:
        try:
            worker = self._idle.pop()
        except IndexError:
            worker = Worker()
        if not self._idle:  # the spare starts now, so that a kill costs the next question no start
            self._idle.appendleft(Worker())
        return worker

    def _give_back(self, worker: Worker) -> None:
        if worker.asked < RECYCLE:
            self._idle.append(worker)
        else:
            worker.close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


_shared = Workers()
_abandoned: list[Workers] = []  # kept, or a forked child would warn of processes it does not own


def shared() -> Workers:
    """The workers of this process."""
    return _shared


def _forget() -> None:
    global _shared
    _abandoned.append(_shared)
    _shared = Workers()


os.register_at_fork(after_in_child=_forget)
atexit.register(lambda: _shared.close())
