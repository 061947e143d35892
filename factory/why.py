"""`just why ID`: everything the tables say of one problem, rollout or run.

ID may be the begin of one, or a row of a mixture as NAME@VERSION:POSITION.
"""

import json
from typing import Any

from rich.console import Console
from rich.markup import escape

from factory import catalog
from factory.errors import UserError
from factory.store import Store

PARTS = {
    "problem": "select * from problems where problem_id = $id"
    " or problem_id = (select problem_id from rollouts where rollout_id = $id)",
    "retractions": "select source, source_row, restored, reason, created_at from retractions r"
    " where exists (from raw.problem_sources s where s.source = r.source"
    " and coalesce(r.source_row, s.source_row) = s.source_row and (s.problem_id = $id or"
    " s.problem_id = (select problem_id from raw.rollouts where rollout_id = $id)))",
    "sources": "select source, source_row, split, license, answer from problem_sources"
    " where problem_id = $id",
    "rollout": "select * exclude (messages) from rollouts where rollout_id = $id",
    "policies": "select teacher, model, policy_id, count(*) as rollouts,"
    " pass_rate(outcome) as pass_rate from corpus where problem_id = $id group by all order by all",
    "rollouts": "select rollout_id, teacher, sample_index, outcome, extracted from corpus"
    " where problem_id = $id order by teacher, policy_id, sample_index limit 64",
    "failures": "select run_id, kind, permanent, message from failures"
    " where rollout_id = $id or problem_id = $id",
    "verdicts": "select verifier, version, policy, outcome, tier, flags, answer, extracted, reason"
    " from verdicts where rollout_id = $id order by run_id",
    "votes": "select answer, votes, runner_up, rollouts, margin, tally from votes"
    " where problem_id = $id",
    "cluster": "select subject, cluster_id, representative_id, kind, score, reason from duplicates"
    " where subject_id = $id",
    "contamination": "select benchmark, item_id, kind, score, version, judge, reason, span,"
    " i.statement as item from contaminations c"
    " join benchmark_items i using (benchmark, digest, item_id) where subject_id = $id"
    " order by score desc, benchmark, item_id limit 20",
    "tags": "select tagger, version, scope, name, value, label from tags where subject_id = $id"
    " order by all",
    "mixtures": "select name, version, position, part, tokens from mixture_rows"
    " where rollout_id = $id or rejected_id = $id or problem_id = $id order by all limit 20",
    "dropped": "select name, version, rule from mixture_drops where subject_id = $id order by all",
    "rollouts dropped": "select name, version, rule, count(*) as rollouts from mixture_drops"
    " where subject_id in (select rollout_id from rollouts where problem_id = $id)"
    " group by all order by all",
    "run": "select * from runs where run_id = $id",
    "made by": "select * from runs where run_id in"
    " (select run_id from rollouts where rollout_id = $id"
    " union select run_id from problems where problem_id = $id)",
}
WIDE = ("statement", "trace", "solution", "recipe", "span", "item")

IDS = """
    select id from (
        select problem_id as id from raw.problems union select rollout_id from raw.rollouts
        union select run_id from runs)
    where starts_with(id, $id)
    union all select coalesce(rollout_id, problem_id) from mixture_rows
    where name || '@' || version || ':' || position = $id
    limit 3
"""


def explain(store: Store, subject: str) -> None:
    """Print it. Raises UserError for an id nobody knows."""
    console = Console(highlight=False, soft_wrap=True)
    with catalog.connect(store) as con:
        ids = [row[0] for row in con.execute(IDS, {"id": subject}).fetchall()]
        if len(ids) > 1:
            raise UserError(f"{subject!r} begins more than one id: {', '.join(ids)}, ...")
        subject = ids[0] if ids else subject
        found = {part: _rows(con, sql, subject) for part, sql in PARTS.items()}
    found = {part: rows for part, rows in found.items() if rows}
    if not found:
        raise UserError(
            f"no problem, rollout, run or row of a mixture has the id {subject!r}; "
            '`just sql "select rollout_id from corpus limit 5"` shows some'
        )
    for part, rows in found.items():
        console.print(f"[bold]{part}[/bold]")
        for row in rows:
            _print(console, row)


def _rows(con: Any, sql: str, subject: str) -> list[dict[str, Any]]:
    return con.sql(sql, params={"id": subject}).to_arrow_table().to_pylist()


def _print(console: Console, row: dict[str, Any]) -> None:
    short = {name: value for name, value in row.items() if value is not None}
    wide = {n: short.pop(n) for n in WIDE if n in short}
    console.print("  " + escape(", ".join(f"{n}={_word(v)}" for n, v in short.items())))
    for name, text in wide.items():
        lines = _pretty(name, text).strip().splitlines()
        console.print(f"  [dim]{name}[/dim]")
        console.print(escape("\n".join(f"    {line}" for line in lines)))


def _word(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else _visible(str(value))


def _pretty(name: str, text: str) -> str:
    return json.dumps(json.loads(text)) if name == "recipe" else _visible(text)


def _visible(text: str) -> str:
    """Control characters of a model's text as escapes: they are not for this terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
