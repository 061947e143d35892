"""A factory process that kills itself: `python killed.py LOG KILL_AT WORDS...` (`test_kills`).

Every write, sync, rename and unlink of the store is a point; at point number KILL_AT the process
sends itself SIGKILL (0: never). What was asked of the teacher and what was acknowledged as kept
goes to LOG, one line each, in the order it happened across all processes.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import obstore

from factory import journal, sampler
from factory.__main__ import main
from factory.backends.embedded import Embedded

Put = Callable[[Any, str, Any], None]


class Points:
    """Counts the points this process passes, and dies at one of them; `put` may be undone."""

    def __init__(self, log: Path, kill_at: int, put: Put = setattr) -> None:
        self.passed = 0
        self._kill_at = kill_at
        self._guard = threading.Lock()  # threads sync and seal
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        put(sampler, "SEAL_ROWS", 5)
        for place, name in ((obstore, "put"), (os, "fsync"), (Path, "replace"), (Path, "unlink")):
            put(place, name, self._guarded(getattr(place, name)))
        put(journal.Journal, "write", self._acknowledged(journal.Journal.write))
        put(Embedded, "sample", self._asked(Embedded.sample))

    def _point(self) -> None:
        with self._guard:
            self.passed += 1
            if self.passed == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def _say(self, word: str, rollout_id: str) -> None:
        os.write(self._log, f"{word} {rollout_id}\n".encode())

    def _guarded(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._point()
            done = original(*args, **kwargs)
            self._point()
            return done

        return call

    def _acknowledged(self, write: Callable[..., None]) -> Callable[..., None]:
        def call(kept: Any, table: str, row: dict[str, Any]) -> None:
            self._point()
            write(kept, table, row)
            if table == "rollouts":
                self._say("kept", row["rollout_id"])
            self._point()

        return call

    def _asked(self, sample: Callable[..., Any]) -> Callable[..., Any]:
        async def call(teacher: Any, request: Any) -> Any:
            self._say("asked", request.rollout_id)
            return await sample(teacher, request)

        return call


if __name__ == "__main__":  # not in the processes that verify
    Points(Path(sys.argv[1]), int(sys.argv[2]))
    code = main(sys.argv[3:])
    sys.exit(code)
