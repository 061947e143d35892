"""`just compare a=EVAL b=EVAL`: the difference of two evaluations on the questions they share.

Both answered the same questions, so that a question's difficulty is no part of the difference: the
bootstrap draws questions, each with what both made of it (B. Efron, Annals of Statistics 7, 1979).
"""

import re
from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from factory import catalog
from factory.errors import UserError, unknown
from factory.store import Store

DRAWS = 10_000
FEW = 5  # of fewer questions a bootstrap says nothing of the doubt
AT_ONCE = 2_000_000  # numbers drawn at a time
KNOWN = """
    select evaluation_id, teacher, model, benchmark from evaluations order by run_id, evaluation_id
"""
SHARED = """
    select a.level, a.domain, a.difficulty, a.pass_rate as a, b.pass_rate as b,
        a.verifier_version as judged_a, b.verifier_version as judged_b
    from evaluation_groups a join evaluation_groups b using (problem_id)
    where a.evaluation_id = $a and b.evaluation_id = $b order by problem_id
"""
COUNT = "select count(*) from evaluation_groups where evaluation_id = $id"


class Difference(NamedTuple):
    """avg@k of `a` and `b` on the same questions, their difference with its 95 % interval, and the
    share of draws in which `a` is better."""

    questions: int
    a: float
    b: float
    difference: float
    low: float
    high: float
    better: float


def show(store: Store, a: str, b: str, seed: int) -> None:
    """Print the difference, over all and by level, domain and difficulty. Raises UserError."""
    with catalog.connect(store) as con:
        known = con.sql(KNOWN).fetchall()
        one, other = (_named(known, name) for name in (a, b))
        ids = {"a": one[0], "b": other[0]}
        found = con.sql(SHARED, params=ids).to_arrow_table().to_pylist()
        if not found:
            counts = [con.sql(COUNT, params={"id": i}).fetchall()[0][0] for i in ids.values()]
            raise UserError(
                f"a={a} has {counts[0]:,} questions, b={b} {counts[1]:,}, and they share 0: "
                "evaluate both on one set"
            )
    versions = {row[judged] for row in found for judged in ("judged_a", "judged_b")}
    if len(versions) > 1:
        raise UserError(
            f"they were judged by versions {', '.join(sorted(versions))} of the verifier; "
            "`just eval` once more judges all of them anew"
        )
    console = Console(highlight=False)
    for letter, each in (("a", one), ("b", other)):
        console.print(f"[bold]{letter}[/bold]  {escape(_told(each))}")
    console.print(_table(found, seed))


def _named(known: list[Any], name: str) -> Any:
    """The newest evaluation of that id (or its beginning), teacher, model or stage."""
    stage = re.compile(rf"{re.escape(name)}-\d{{8}}-[0-9a-f]{{8}}")

    def fits(row: Any) -> bool:
        evaluation_id, teacher, model, _ = row
        begins = len(name) >= 6 and evaluation_id.startswith(name)
        return begins or name in (teacher, model) or bool(stage.fullmatch(model))

    if fitting := [row for row in known if fits(row)]:
        return fitting[-1]
    if not known:
        raise UserError("nothing is evaluated yet; `just eval` does that")
    words = {word for row in known for word in (row[0][:8], row[1], row[2])}
    raise unknown("evaluation", name, words)


def _told(row: Any) -> str:
    evaluation_id, teacher, model, what = row
    return f"{evaluation_id[:8]}  {teacher} ({model}) on {what}"


def _table(found: list[dict[str, Any]], seed: int) -> Table:
    table = Table("", "questions", "a", "b", "a - b", "95 %", "a > b", box=None)
    above = "all"
    for (facet, name), rows in _cells(found).items():
        if facet != above:
            above = facet
            table.add_row(f"\n[bold]{facet}[/bold]")
        told = difference([row["a"] for row in rows], [row["b"] for row in rows], seed)
        table.add_row(
            escape(f"  {name}"),
            f"{told.questions:,}",
            f"{told.a:.1%}",
            f"{told.b:.1%}",
            f"{told.difference:+.1%}",
            *([] if told.questions < FEW else [f"{told.low:+.1%} to {told.high:+.1%}"]),
            *([] if told.questions < FEW else [f"{told.better:.1%}"]),
        )
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _cells(found: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """All rows, and those of each level, domain and difficulty that `a` knows."""
    cells: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for facet in ("level", "domain", "difficulty"):
        for row in sorted(found, key=lambda row: str(row[facet])):
            if row[facet] is not None:
                cells[facet, row[facet]].append(row)
    return {("all", "all"): found, **cells}


def difference(a: list[float], b: list[float], seed: int) -> Difference:
    """The paired bootstrap; `a[i]` and `b[i]` are shares of right rollouts of question i."""
    apart = np.subtract(a, b)
    rng, count = np.random.default_rng(seed), len(apart)
    step = max(1, AT_ONCE // count)
    means = np.concatenate(
        [
            apart[rng.integers(0, count, (min(step, DRAWS - at), count))].mean(axis=1)
            for at in range(0, DRAWS, step)
        ]
    )
    low, high = np.quantile(means, (0.025, 0.975))
    ends = (float(low), float(high), float((means > 0).mean()))
    return Difference(count, float(np.mean(a)), float(np.mean(b)), float(apart.mean()), *ends)
