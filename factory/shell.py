"""How a command ends: 0; 2 and one line for a user's mistake; 130 interrupted; 141 nobody reads."""

import os
import signal
import sys
from collections.abc import Callable

from factory.errors import UserError


def run(command: Callable[[], int], interrupted: str) -> int:
    """Run a command; the exit code. Anything but a user's mistake keeps its traceback."""
    # A cluster's preemption ends like Ctrl-C: asyncio knows how to unwind that one.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
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
