"""The command line: `python -m factory COMMAND key=value ...`, behind every `just` recipe.

A user's mistake is one line on standard error and exit code 2; a traceback is a bug of ours.
"""

import os
import signal
import sys
from types import FrameType

HELP = """\
The CoT factory: maths problems in, verified chain-of-thought rollouts out.

  just generate [teacher=NAME] [n=8] [where=SQL] ...   ask a teacher, run the line, sum up
  just ingest source=NAME path=FILE ...                problems and traces from a file or the hub
  just verify | dedup | tag                            one step alone, over what it owes
  just mix [mixture=mid]                               freeze a training mixture
  just train stage=mid recipe=smoke                    train on it (extra `train`)
  just sql "select ..." [format=table|json|csv|parquet]
  just why ID                                          everything known of a problem or rollout
  just status                                          what is owed, journalled; the store's health
  just doctor [repair=true]                            re-check every hash

store=PATH (default ./data) and show=true (print the resolved recipe and stop) work everywhere.
README.md has the tour.
"""


def main(words: list[str]) -> int:
    """Run one command; the exit code."""
    if not words or words[0] in ("help", "-h", "--help"):
        print(HELP, end="")
        return 0
    from factory import commands
    from factory.errors import UserError

    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return commands.run(words[0], words[1:])
    except UserError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: what had arrived is kept; run it again to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    """A cluster's preemption ends like Ctrl-C: asyncio knows how to unwind that one."""
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
