"""Progress of long work: a live bar in a terminal, plain lines where output is piped."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.table import Column
from rich.text import Text

LINE_S = 5.0  # between two lines
WIDE = 115  # characters, from which a line holds all there is to tell
DRAW_S = 0.1  # between two pictures of a bar

Advance = Callable[..., None]
State = Callable[[], str]


class _Rate(ProgressColumn):
    """Units a second over the whole task."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:>9,.0f}/s" if speed else " " * 11, style="dim")


class Progress:
    """Shows tasks one after the other on standard error."""

    def __init__(self) -> None:
        self.console = Console(file=sys.stderr, highlight=False)

    @contextmanager
    def task(self, label: str, total: int | None) -> Iterator[Advance]:
        """A task of `total` units (None: unknown); the yielded function advances it by 1 or k.

        It may be told a `state`: asked for words now and then, shown beside the figures.
        """
        if total == 0:
            yield lambda done=1, state=str: None
            return
        show = self._bar if self.console.is_terminal else self._lines
        with show(label, total) as advance:
            yield advance

    @contextmanager
    def _bar(self, label: str, total: int | None) -> Iterator[Advance]:
        wide = self.console.width >= WIDE
        columns = (
            TextColumn("{task.description:<18}"),
            *((BarColumn(24),) if wide else ()),
            MofNCompleteColumn(),
            *((_Rate(), TimeElapsedColumn()) if wide else ()),
            TextColumn("[dim]left[/dim]"),
            TimeRemainingColumn(),
            TextColumn(
                "[dim]{task.fields[state]}[/dim]", table_column=Column(no_wrap=True, ratio=1)
            ),
        )
        with Bars(*columns, console=self.console) as bars:
            bar = bars.add_task(label, total=total, state="")
            said, waiting = time.monotonic(), 0

            def advance(more: int = 1, state: State = str) -> None:
                nonlocal said, waiting
                waiting += more
                if time.monotonic() - said >= DRAW_S:
                    bars.update(bar, advance=waiting, state=state())
                    said, waiting = time.monotonic(), 0

            yield advance
            bars.update(bar, advance=waiting)

    @contextmanager
    def _lines(self, label: str, total: int | None) -> Iterator[Advance]:
        began = said = time.monotonic()
        done = 0
        of = "" if total is None else f" of {total:,}"

        def advance(more: int = 1, state: State = str) -> None:
            nonlocal done, said
            done += more
            now = time.monotonic()
            if now - said >= LINE_S:
                said = now
                rate = done / (now - began)
                left = "" if total is None else f", {(total - done) / rate:,.0f} s left"
                noted = f", {words}" if (words := state()) else ""
                self.say(f"{label}: {done:,}{of}, {rate:,.0f}/s{left}{noted}")

        yield advance
        self.say(f"{label}: {done:,}{of} in {time.monotonic() - began:.1f} s")

    def say(self, words: str) -> None:
        """One line to standard error."""
        print(words, file=sys.stderr, flush=True)
