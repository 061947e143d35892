"""`just audit`: a sample of verdicts for a human to label, and what the labels say of the verifier.

The sample takes as many of every stratum (tier, outcome, type of answer) as it can, rare ones
whole. In the file every row has `label`: null; write `same` or `different` for whether the
extracted answer is the reference answer, and leave open what you cannot tell. Rates are weighted
back to the whole corpus; intervals are those of the labels (Wilson, 95 %).
"""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
from pydantic import Field
from rich.console import Console
from rich.table import Table

from factory import catalog
from factory.errors import RecipeError, UserError
from factory.recipe import Recipe
from factory.store import Store

LABELS = ("same", "different")
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
        count(*) filter (outcome = 'correct') as accepted,
        count(*) filter (outcome = 'correct' and label = 'different') as false_accepts,
        wilson(false_accepts, accepted) as accepts_interval,
        count(*) filter (outcome <> 'correct') as rejected,
        count(*) filter (outcome <> 'correct' and label = 'same') as false_rejects,
        wilson(false_rejects, rejected) as rejects_interval,
        coalesce(sum(weight) filter (outcome = 'correct' and label = 'different'), 0)
            / sum(weight) filter (outcome = 'correct') as accepts_rate,
        coalesce(sum(weight) filter (outcome <> 'correct' and label = 'same'), 0)
            / sum(weight) filter (outcome <> 'correct') as rejects_rate
    from labelled group by grouping sets ((tier), ()) order by grouping(tier), 1
"""


class AuditRecipe(Recipe):
    """How many verdicts to draw into which file, or which labels to take back."""

    n: int = Field(ge=1)
    seed: int
    out: str
    labels: str | None


def run(store: Store, recipe: AuditRecipe) -> None:
    """Draw a sample, or report on its labels. Raises UserError."""
    if recipe.labels:
        report(store, Path(recipe.labels))
    else:
        draw(store, recipe)


def draw(store: Store, recipe: AuditRecipe) -> None:
    """Write the sample. Raises UserError."""
    target = Path(recipe.out)
    if target.exists():
        raise UserError(f"out={recipe.out} exists, maybe with labels; give another out=FILE")
    sql = SAMPLE.format(shown=SHOWN, seed=recipe.seed, n=recipe.n)
    with catalog.connect(store) as con:
        rows = con.sql(sql).to_arrow_table().to_pylist()
    if not rows:
        raise UserError("nothing was judged yet; `just verify` judges")
    try:
        target.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows))
    except OSError as error:
        raise UserError(f"cannot write {recipe.out}: {error.strerror}") from error
    print(f'{len(rows)} verdicts in {target}: set each "label" to "same" or "different", then')
    print(f"  just audit labels={target}")


def report(store: Store, path: Path) -> None:
    """Print what the labels say, by tier. Raises UserError."""
    rows = _labelled(path)
    with catalog.connect(store) as con:
        con.register("labelled", pa.Table.from_pylist(rows))
        _show(con)


def _labelled(path: Path) -> list[dict[str, object]]:
    try:
        rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        found = [
            {name: row[name] for name in ("tier", "outcome", "label", "weight")} for row in rows
        ]
    except OSError as error:
        raise UserError(f"labels={path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"labels={path} is no file of `just audit`: {error!r}") from error
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
