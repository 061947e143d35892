"""What `just dedup` tells at its end: copies set aside, the largest clusters, families, reasons."""

from typing import Any

from rich.console import Console
from rich.markup import escape

from factory import catalog, fingerprint
from factory.likeness import COMPARED
from factory.store import Store

SHOWN = 3
WIDTH = 72  # characters of an example

COPIES = """
    select count(*), count(distinct d.cluster_id),
        count(*) filter (d.subject_id <> d.representative_id and d.kind = 'exact'),
        count(*) filter (d.subject_id <> d.representative_id and d.kind = 'near')
    from raw.{subject}s left join duplicates d
        on d.subject = '{subject}' and d.subject_id = {subject}_id
"""
CLUSTERS = """
    select n, reworded, statement from (
        select any_value(representative_id) as problem_id, count(*) as n,
            count(*) filter (kind = 'near') as reworded
        from duplicates where subject = 'problem' group by cluster_id
        order by n desc, problem_id limit {shown}
    ) join problems using (problem_id) order by n desc, problem_id
"""
FAMILIES = f"""
    create or replace temp table families as
    select template_key, count(distinct canonical_key) as n, min(subject_id) as problem_id
    from fingerprints semi join problems on problem_id = subject_id
    where subject = 'problem' and version = '{fingerprint.VERSION}'
    group by template_key having n > 1
"""
LARGEST = """
    select n, statement from families join problems using (problem_id)
    order by n desc, problem_id limit {shown}
"""
APART = f"""
    select split_part(reason, ':', 1) as why, count(*) as n from comparisons
    where not same and version = '{COMPARED}' group by 1 order by n desc limit 5
"""


def report(store: Store) -> None:
    """Print it."""
    console = Console(highlight=False, soft_wrap=True)
    with catalog.connect(store) as con:
        for subject in ("problem", "rollout"):
            console.print(_copies(con, subject))
        con.execute(FAMILIES)
        families, problems = con.sql("select count(*), sum(n) from families").fetchall()[0]
        if families:
            told = f"{problems:,} problems differ from another one in numerals only"
            console.print(f"families   {families:>9,}  {told}")
        _examples(console, "largest clusters", _clusters(con))
        _examples(console, "largest families", con.sql(LARGEST.format(shown=SHOWN)).fetchall())
        _examples(console, "alike, but kept apart", [(n, w) for w, n in con.sql(APART).fetchall()])


def _copies(con: Any, subject: str) -> str:
    sql = COPIES.format(subject=subject)
    count, clusters, exact, near = con.sql(sql).fetchall()[0]
    told = f"{exact:,} say what another says, {near:,} in other words; {clusters:,} clusters"
    return f"{subject + 's':<10} {count:>9,}  {told if exact + near else 'no copies'}"


def _clusters(con: Any) -> list[tuple[int, str]]:
    rows = con.sql(CLUSTERS.format(shown=SHOWN)).fetchall()
    return [(n, f"({near:,} reworded) {text}" if near else text) for n, near, text in rows]


def _examples(console: Console, title: str, rows: list[tuple[int, str]]) -> None:
    if not rows:
        return
    console.print(f"\n[bold]{title}[/bold]")
    for count, text in rows:
        line = " ".join(text.split())
        console.print(
            f"  {count:>7,}  {escape(line if len(line) <= WIDTH else line[:WIDTH] + '…')}"
        )
