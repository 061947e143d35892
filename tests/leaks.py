"""Evaluation items, texts that leak them, and what a store says of it; for tests."""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from rows import problems, run, sources

from factory import catalog, commands
from factory.store import Store
from schemas.arrow import from_rows

TRAIN = (
    r"Let $f(x) = \frac{3x + 7}{x - 2}$ for all real $x \neq 2$. Find the sum of all integers $n$ "
    r"with $10 \le n \le 45$ such that $f(n)$ is an integer."
)
FARM = (
    "A farmer has 240 chickens and sells a quarter of them at the market for $12 each. With the "
    "money he buys 15 bags of corn. How much does one bag of corn cost?"
)
SHORT = "What is $17 + 28$?"
MIDDLE = r"Compute $\sin 40^\circ \cos 20^\circ$."
ITEMS = [TRAIN, FARM, SHORT, MIDDLE]
FILLER = (
    "Okay, so I need to think about this carefully before I write anything down. Let me look at "
    "what is known, and then at what I am asked for. Maybe a picture helps, maybe it does not. "
)


def items(path: Path, *statements: str, field: str = "problem") -> Path:
    """A file of items with ids a, b, ..."""
    rows = [{"id": chr(97 + i), field: text} for i, text in enumerate(statements)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def fill(store: Store, *statements: str, rollouts: tuple[dict[str, Any], ...] = ()) -> None:
    """One more shard of problems, and one of rollouts where there are any."""
    stated = [(text, text, "4", "train") for text in statements]
    tables = {"problems": problems(*statements), "problem_sources": sources(*stated)}
    if rollouts:
        tables["rollouts"] = from_rows("rollouts", list(rollouts))
    store.commit(run(), {name: table for name, table in tables.items() if table.num_rows})


def said(command: str, store: Store, *words: object) -> str:
    """What a command prints; its exit code must be 0. Raises UserError."""
    with redirect_stdout(StringIO()) as out:
        assert commands.run(command, [f"store={store.root}", *map(str, words)]) == 0
    return out.getvalue()


def decontaminate(store: Store, *words: object) -> str:
    return said("decontaminate", store, *words)


def rows(store: Store, sql: str) -> list[Any]:
    with catalog.connect(store) as con:
        return con.sql(sql).fetchall()


def left(store: Store) -> list[str]:
    told = said("status", store)
    return [line.split()[1] for line in told.splitlines() if line.startswith("decontaminate")]


HITS = "select subject_id, benchmark, item_id, kind from contaminations order by all"
