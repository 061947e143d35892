"""`just judge path=IN.jsonl out=OUT.jsonl`: verdicts for rows of any file, without a store.

A row has a completion and an answer, and may have a question and a finish_reason; it is written
with outcome, tier, flags, extracted, canonical, answer_canonical, reason and version added. A line
that is no such row gets the outcome `error`. The file appears whole or not at all.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from factory import engine
from factory.errors import RecipeError, UserError
from factory.progress import Progress
from factory.recipe import Recipe
from factory.verifiers import maths

UNIT_ROWS = 1_000
ADDED = ("outcome", "tier", "flags", "extracted", "canonical", "answer_canonical", "reason")


class JudgeRecipe(Recipe):
    """What to judge, and which fields hold what."""

    path: str | None
    out: str | None
    completion: str
    answer: str
    question: str
    finish_reason: str
    deadline_s: float = Field(gt=0)
    policy: Literal["default", "strict"]


def run(recipe: JudgeRecipe, progress: Progress) -> Counter[str]:
    """Judge the file; how many of each outcome. Raises UserError."""
    if not recipe.path or not recipe.out:
        raise RecipeError("just judge needs path=IN.jsonl and out=OUT.jsonl")
    source, target = Path(recipe.path), Path(recipe.out)
    if target.exists():
        raise UserError(f"out={recipe.out} exists; give another or remove it")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    outcomes: Counter[str] = Counter()
    try:
        with source.open("rb") as lines, part.open("wb") as out:
            units = engine.spread(partial(judged, recipe), _units(lines))
            with progress.task("judge", None) as advance:
                for unit in units:
                    for outcome, line in unit:
                        outcomes[outcome] += 1
                        out.write(line)
                    advance(len(unit))
        if outcomes.total() and outcomes.keys() == {"error"}:
            raise UserError(
                f"no row of {recipe.path} has a text in the field {recipe.completion!r}; "
                "completion=FIELD and answer=FIELD name others"
            )
        if not outcomes:
            raise UserError(f"no row in {recipe.path}")
        if outcomes.keys() <= {"error", "no_gold"}:
            raise UserError(
                f"no row of {recipe.path} has an answer in the field {recipe.answer!r}; "
                "answer=FIELD names another"
            )
        os.link(part, target)  # fails where another run was first
    except FileExistsError:
        raise UserError(f"out={recipe.out} came to be meanwhile; nothing was written") from None
    except OSError as error:
        where = recipe.path if error.filename == str(source) else recipe.out
        raise UserError(f"{where}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return outcomes


def _units(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    whole = (line for line in lines if line.strip())
    while unit := list(islice(whole, UNIT_ROWS)):
        yield unit


def judged(recipe: JudgeRecipe, lines: list[bytes]) -> list[tuple[str, bytes]]:
    """(outcome, line to write) of every line, in order."""
    rows = [_row(line, recipe) for line in lines]
    claims = [_claim(row, recipe) for row in rows if "outcome" not in row]
    policy = {"default": maths.DEFAULT, "strict": maths.STRICT}[recipe.policy]
    verdicts = maths.verify_many(claims, workers=1, deadline_s=recipe.deadline_s, policy=policy)
    for row in rows:
        if "outcome" not in row:
            verdict = next(verdicts)
            row |= {name: getattr(verdict, name) for name in ADDED}
            row["flags"] = ", ".join(verdict.flags) or None
        row["version"] = maths.VERSION
    return [(row["outcome"], _line(row)) for row in rows]


def _line(row: dict[str, Any]) -> bytes:
    whole = {**row, **{name: row.get(name) for name in ADDED}}
    return json.dumps(whole, ensure_ascii=False).encode(errors="surrogatepass") + b"\n"


def _row(line: bytes, recipe: JudgeRecipe) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {
            "line": line.decode(errors="replace").strip(),
            "outcome": "error",
            "reason": "not JSON",
        }
    if not isinstance(row, dict):
        return {"line": row, "outcome": "error", "reason": "not an object"}
    for name in ADDED:
        row.pop(name, None)  # of a file that was judged before
    if not isinstance(row.get(recipe.completion), str):
        return row | {"outcome": "error", "reason": f"no text in the field {recipe.completion!r}"}
    if isinstance(row.get(recipe.answer), list | dict | bool):
        words = f"neither text nor number in the field {recipe.answer!r}"
        return row | {"outcome": "error", "reason": words}
    return row


def _claim(row: dict[str, Any], recipe: JudgeRecipe) -> maths.Claim:
    answer = row.get(recipe.answer)
    question = row.get(recipe.question)
    return maths.Claim(
        completion=row[recipe.completion],
        answer=None if answer is None else str(answer),
        question=question if isinstance(question, str) else None,
        finish_reason=row.get(recipe.finish_reason),
    )
