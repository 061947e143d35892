"""`just similar "text"`: the problems in the store that are most like a text, and what keeps apart.

Likeness is the share of places in which the MinHash signatures agree; of the nearest ones, the same
rule as in `just dedup` says whether they are the same problem, and why.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.markup import escape

from factory import catalog, fingerprint
from factory.errors import UserError
from factory.likeness import compare, facts, sketch
from factory.store import Store

READ_ROWS = 65_536
SIGNATURES = f"""
    select subject_id, signature from fingerprints semi join problems on problem_id = subject_id
    where subject = 'problem' and version = '{fingerprint.VERSION}'
"""
STATED = """
    select n.problem_id, n.score, p.source, p.split, p.answer, p.statement
    from nearest n join problems p using (problem_id) order by n.score desc, n.problem_id
"""


def show(store: Store, text: str, limit: int) -> None:
    """Print the `limit` nearest problems. Raises UserError where there is nothing to compare."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UserError(f"the text {text[:40]!r} is not UTF-8") from error
    with catalog.connect(store) as con:
        nearest = _nearest(con, text, limit)
        if not nearest:
            raise UserError("no problem has been read yet; `just dedup` reads them")
        names, scores = zip(*nearest, strict=True)
        con.register("nearest", pa.table({"problem_id": names, "score": scores}))
        rows = con.sql(STATED).to_arrow_table().to_pylist()
    asked, *known = facts.readings([text, *(row["statement"] for row in rows)])
    console = Console(highlight=False, soft_wrap=True)
    for row, reading in zip(rows, known, strict=True):
        _print(console, row, _verdict(asked, reading))


def _nearest(con: Any, text: str, limit: int) -> list[tuple[str, float]]:
    """(problem_id, likeness) of the nearest ones, nearest first."""
    asked = sketch.sketches(pa.array([text]), fingerprint.WIDTH["problem"]).signatures[0]
    best: list[tuple[float, str]] = []
    for batch in con.sql(SIGNATURES).to_arrow_reader(READ_ROWS):
        data = b"".join(batch["signature"].to_pylist())
        signatures = np.frombuffer(data, np.uint32).reshape(-1, sketch.PERMUTATIONS)
        scores = (signatures == asked).mean(axis=1)
        top = np.argsort(-scores, kind="stable")[:limit]
        best += [(-float(scores[i]), batch["subject_id"][int(i)].as_py()) for i in top]
        best = sorted(best)[:limit]
    return [(name, -score) for score, name in best]


def _verdict(asked: facts.Reading, known: facts.Reading) -> str:
    if asked.text == known.text:
        return "[bold]the same text[/bold]"
    found = compare.judge(facts.facts(asked), facts.facts(known))
    return f"[bold]the same[/bold]: {found.reason}" if found.same else found.reason


def _print(console: Console, row: dict[str, Any], verdict: str) -> None:
    about = ", ".join(str(row[name]) for name in ("source", "split") if row[name])
    console.print(f"{row['score']:.0%}  {verdict}  [dim]{row['problem_id'][:16]}, {about}[/dim]")
    console.print(f"      {escape(' '.join(row['statement'].split())[:300])}")
