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

LOG = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
KILL_AT = int(sys.argv[2])
GUARD = threading.Lock()
points = 0


def point() -> None:
    global points
    with GUARD:  # threads sync and seal
        points += 1
        if points == KILL_AT:
            os.kill(os.getpid(), signal.SIGKILL)


def say(word: str, rollout_id: str) -> None:
    os.write(LOG, f"{word} {rollout_id}\n".encode())


def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        point()
        done = original(*args, **kwargs)
        point()
        return done

    return call


def install() -> None:
    sampler.SEAL_ROWS = 5
    obstore.put = guarded(obstore.put)
    os.fsync = guarded(os.fsync)
    Path.replace = guarded(Path.replace)
    Path.unlink = guarded(Path.unlink)
    write, sample = journal.Journal.write, Embedded.sample

    def acknowledged(self: Any, table: str, row: dict[str, Any]) -> None:
        point()
        write(self, table, row)
        if table == "rollouts":
            say("kept", row["rollout_id"])
        point()

    async def asked(self: Any, request: Any) -> Any:
        say("asked", request.rollout_id)
        return await sample(self, request)

    journal.Journal.write = acknowledged
    Embedded.sample = asked


if __name__ == "__main__":  # not in the processes that verify
    install()
    code = main(sys.argv[3:])
    print(f"points {points}")
    sys.exit(code)
