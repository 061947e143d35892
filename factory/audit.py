"""`just audit`: a sample of verdicts for a human to label, and what the labels say of the verifier.

The sample takes as many of every stratum (tier, outcome, type of answer) as it can, rare ones
whole. In the file every row has `label`: null; write `same` or `different` for whether the
extracted answer is the reference answer, and leave open what you cannot tell; `judge=TEACHER` has
a teacher write them. Rates are weighted back to the whole corpus; intervals are Wilson's, 95 %, for
as many labels of equal weight as these are worth.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pydantic import Field
from rich.console import Console
from rich.table import Table

from factory import catalog, llm_judge
from factory.errors import RecipeError, UserError
from factory.llm_judge import Judge, JudgeTeacher, Opinion, Pair
from factory.progress import Progress
from factory.recipe import HOME, Recipe, load, parse, validate
from factory.store import Store
from schemas.exchange import Refused

LABELS = ("same", "different")
OF_JUDGE = ("concurrency", "max_cost")
SHOWN = 1_500  # characters of a solution's end

# The k-th row of every stratum before the k+1-th of any: small strata come whole.
SAMPLE = """
    with judged as (
        select rollout_id, answer_type, tier, outcome, statement as question, answer, extracted,
            right(solution, {shown}) as solution,
            count(*) over stratum as stratum_rows,
            row_number() over (stratum order by md5(rollout_id || '{seed}')) as k
        from corpus where extracted is not null and answer is not null
            and outcome in ('correct', 'incorrect', 'ambiguous', 'timeout')
        window stratum as (partition by tier, outcome, answer_type)
    ),
    drawn as (select * from judged order by k, md5(rollout_id || '{seed}') limit {n})
    select * exclude (k, stratum_rows),
        stratum_rows / count(*) over (partition by tier, outcome, answer_type) as weight,
        null as label
    from drawn order by tier, outcome, answer_type, rollout_id
"""
REPORT = """
    select coalesce(tier, 'all') as tier,
        -- as many rows of equal weight as these tell as much as (Kish)
        sum(weight) filter (outcome = 'correct') ** 2
            / sum(weight ** 2) filter (outcome = 'correct') as accepts_n,
        sum(weight) filter (outcome <> 'correct') ** 2
            / sum(weight ** 2) filter (outcome <> 'correct') as rejects_n,
        coalesce(sum(weight) filter (outcome = 'correct' and label = 'different'), 0)
            / sum(weight) filter (outcome = 'correct') as accepts_rate,
        coalesce(sum(weight) filter (outcome <> 'correct' and label = 'same'), 0)
            / sum(weight) filter (outcome <> 'correct') as rejects_rate,
        count(*) filter (outcome = 'correct') as accepted,
        count(*) filter (outcome = 'correct' and label = 'different') as false_accepts,
        wilson(accepts_rate * accepts_n, accepts_n) as accepts_interval,
        count(*) filter (outcome <> 'correct') as rejected,
        count(*) filter (outcome <> 'correct' and label = 'same') as false_rejects,
        wilson(rejects_rate * rejects_n, rejects_n) as rejects_interval
    from labelled group by grouping sets ((tier), ()) order by grouping(tier), 1
"""


class AuditRecipe(Recipe):
    """How many verdicts to draw into which file, who labels them, or which labels to take back."""

    n: int = Field(ge=1)
    seed: int
    out: str
    labels: str | None
    judge: JudgeTeacher | None


def resolve(overrides: list[str]) -> AuditRecipe:
    """The recipe of `just audit key=value ...`; what a judge is told goes to the judge."""
    given = parse(overrides)
    recipe = load(HOME / "recipes" / "audit.yaml")
    if judge := given.pop("judge", None):
        of_judge = [k for k in given if k.startswith(("teacher.", "sampling.")) or k in OF_JUDGE]
        words = [f"{name}={given.pop(name)}" for name in of_judge]
        recipe["judge"] = llm_judge.resolve([f"teacher={judge}", *words])
    elif lost := [k for k in given if k.startswith(("teacher.", "sampling.")) or k in OF_JUDGE]:
        raise RecipeError(f"{lost[0]}= is for a judge: give judge=TEACHER as well")
    return validate(AuditRecipe, {**recipe, **given})


def run(store: Store, recipe: AuditRecipe, progress: Progress) -> None:
    """Draw a sample, or report on its labels. Raises UserError."""
    if recipe.labels:
        report(store, Path(recipe.labels))
    else:
        draw(store, recipe, progress)


def draw(store: Store, recipe: AuditRecipe, progress: Progress) -> None:
    """Write the sample. Raises UserError."""
    target = Path(recipe.out)
    if target.exists():
        raise UserError(f"out={recipe.out} exists, maybe with labels; give another out=FILE")
    sql = SAMPLE.format(shown=SHOWN, seed=recipe.seed, n=recipe.n)
    with catalog.connect(store) as con:
        rows = con.sql(sql).to_arrow_table().to_pylist()
    if not rows:
        raise UserError("no verdict has two answers to compare; `just verify` makes verdicts")
    _write(target, rows)
    if recipe.judge:
        try:
            _label(rows, recipe.judge, progress)
        finally:  # labels are paid for
            _write(target, rows)
    todo = "check the labels" if recipe.judge else 'set each "label" to "same" or "different"'
    print(f"{len(rows)} verdicts in {target}: {todo}, then")
    print(f"  just audit labels={target}")


def _write(target: Path, rows: list[dict[str, Any]]) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows))
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise UserError(f"cannot write {target}: {error.strerror}") from error


def _label(rows: list[dict[str, Any]], recipe: JudgeTeacher, progress: Progress) -> None:
    """Labels by a teacher; open where it is unsure or could not be asked."""
    pairs = (
        Pair(str(at), row["question"], row["answer"], row["extracted"])
        for at, row in enumerate(rows)
    )
    judge, said = Judge(recipe), Counter[str]()
    with progress.task(f"ask {recipe.teacher.name}", len(rows)) as advance:

        def told(pair: Pair, opinion: Opinion | Refused) -> None:
            advance()
            said.update([opinion.kind if isinstance(opinion, Refused) else opinion.relation])
            if isinstance(opinion, Opinion) and opinion.relation in LABELS:
                row = rows[int(pair.key)]
                row["label"], row["labelled_by"] = opinion.relation, recipe.teacher.model

        asyncio.run(judge.run(pairs, told))
    left = len(rows) - said.total()
    words = ", ".join(f"{count} {word}" for word, count in said.most_common())
    cost = f", ${judge.budget.spent:,.4f}" if judge.budget.spent else ""
    print(
        f"{recipe.teacher.model}: {words or 'nothing'}" + (f", {left} left" if left else "") + cost
    )


def report(store: Store, path: Path) -> None:
    """Print what the labels say, by tier. Raises UserError."""
    rows = _labelled(path)
    with catalog.connect(store) as con:
        con.register("labelled", pa.Table.from_pylist(rows))
        _show(con)


def _labelled(path: Path) -> list[dict[str, object]]:
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
        found = [
            {
                "tier": str(row["tier"]),
                "outcome": str(row["outcome"]),
                "label": row["label"],
                "weight": float(row["weight"]),
            }
            for row in rows
        ]
    except OSError as error:
        raise UserError(f"labels={path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        words = f"{type(error).__name__} {str(error)[:100]}"
        raise UserError(f"labels={path} is no file of `just audit`: {words}") from error
    if strange := [r["label"] for r in found if r["label"] not in (*LABELS, None)]:
        raise RecipeError(f"label {strange[0]!r} does not fit; allowed: same, different, null")
    given = [row for row in found if row["label"]]
    if not given:
        raise UserError(f"no label in {path} yet; write same or different")
    return given


def _show(con: duckdb.DuckDBPyConnection) -> None:
    head = ("tier", "accepted", "false (weighted)", "95 %", "rejected", "false (weighted)", "95 %")
    table = Table(*head, box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in table.columns[1:]:
        column.justify = "right"
    for row in con.sql(REPORT).to_arrow_table().to_pylist():
        cells = [row["tier"]]
        for kind, of in (("accepts", "accepted"), ("rejects", "rejected")):
            interval, rate = row[f"{kind}_interval"], row[f"{kind}_rate"]
            share = f"{row[f'false_{kind}']}"
            share += f" ({rate:.2%})" if rate is not None else ""
            within = f"{interval['low']:.2%} to {interval['high']:.2%}" if interval else "-"
            cells += [f"{row[of]}", share, within]
        table.add_row(*cells)
    Console(highlight=False, width=None if sys.stdout.isatty() else 120).print(table)
