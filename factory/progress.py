"""Progress of long work: a live bar in a terminal, plain lines where output is piped."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress

LINE_S = 5.0


class Progress:
    """Shows tasks one after the other on standard error."""

    def __init__(self) -> None:
        self.console = Console(file=sys.stderr)

    @contextmanager
    def task(self, label: str, total: int) -> Iterator[Callable[..., None]]:
        """A task of `total` units; the yielded function advances it (by 1, or `advance(k)`)."""
        show = self._bar if self.console.is_terminal else self._lines
        with show(label, total) as advance:
            yield advance

    @contextmanager
    def _bar(self, label: str, total: int) -> Iterator[Callable[..., None]]:
        columns = (
            TextColumn("{task.description:<16}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with RichProgress(*columns, console=self.console) as bars:
            bar = bars.add_task(label, total=total)
            yield lambda done=1: bars.advance(bar, done)

    @contextmanager
    def _lines(self, label: str, total: int) -> Iterator[Callable[..., None]]:
        began = said = time.monotonic()
        done = 0

        def advance(more: int = 1) -> None:
            nonlocal done, said
            done += more
            now = time.monotonic()
            if now - said >= LINE_S:
                said = now
                rate = done / (now - began)
                left = (total - done) / rate
                self.say(f"{label}: {done:,} of {total:,}, {rate:,.0f}/s, {left:,.0f} s left")

        yield advance
        seconds = time.monotonic() - began
        self.say(f"{label}: {done:,} of {total:,} in {seconds:.1f} s")

    def say(self, words: str) -> None:
        """One line to standard error."""
        print(words, file=sys.stderr, flush=True)
