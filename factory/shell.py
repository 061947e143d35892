"""How a command ends: 0; 2 and one line for a user's mistake; 130 interrupted; 141 nobody reads."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from factory.errors import UserError


def run(command: Callable[[], int], interrupted: str) -> int:
    """Run a command; the exit code. Anything but a user's mistake keeps its traceback."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return command()
    except UserError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"interrupted: {interrupted}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, `| head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _terminate(number: int, frame: FrameType | None) -> None:
    """A cluster's preemption ends like Ctrl-C, also where a background job ignores Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)  # asyncio knows how to unwind this one
