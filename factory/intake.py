"""A raw row of a source -> rows of `problems`, `problem_sources` and `rollouts`, or Unfit.

This is the one place where what a source hands over is checked: after `read`, every text is text
that UTF-8 can hold, so that no single row can stop the commit of its unit.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, NamedTuple, get_args

from factory import identity, reasoning
from schemas.exchange import SourceRollout, SourceRow, Unfit
from schemas.row import Split

Tables = dict[str, list[dict[str, Any]]]

# SQL: the hash of a stored row's rollouts of one field, as `_hashes` computes it.
HASH = """md5(string_agg(
    concat_ws(' ', md5(model), coalesce(md5(trace), '-'), md5(solution)), ' ' order by sample_index
))"""


@dataclass(frozen=True, slots=True)
class Origin:
    """What the rows of one run share. `split` and `license` None: the row's own, if any."""

    source: str
    run_id: str
    split: str | None
    license: str | None


class Content(NamedTuple):
    """What a row id stands for; it may not change under the same id.

    `rollouts` holds a hash of each field's: fields may be added, none may change.
    """

    problem: str
    answer: str | None
    split: str | None
    license: str | None
    rollouts: dict[str, str]

    def changes(self, other: "Content") -> str:
        """The parts that differ, in words; empty where nothing does."""
        pairs = zip(self._fields[:-1], self[:-1], other[:-1], strict=True)
        found = [name for name, mine, its in pairs if mine != its]
        if any(other.rollouts.get(field, mine) != mine for field, mine in self.rollouts.items()):
            found.append("rollout")
        return " and ".join(f"another {name}" for name in found)


def read(number: int, raw: Any, source: ModuleType, recipe: Any, origin: Origin) -> SourceRow:
    """The row as it will be stored, id, split and licence filled in. Raises Unfit."""
    found = _parsed(raw, source, recipe)
    statement = _text("statement", found.statement).strip()
    if not statement:
        raise Unfit("empty statement")
    return replace(
        found,
        statement=statement,
        answer=(_optional("answer", found.answer) or "").strip() or None,
        row=str(number) if found.row is None else _text("row id", found.row),
        split=_split(found.split if origin.split is None else origin.split),
        level=_optional("level", found.level),
        domain=_optional("domain", found.domain),
        license=origin.license if found.license is None else _text("license", found.license),
        origin=_optional("origin", found.origin),
        rollouts=tuple(map(_rollout, found.rollouts)),
    )


def _parsed(raw: Any, source: ModuleType, recipe: Any) -> SourceRow:
    """What the source makes of it. A row that breaks the source is a row that does not fit."""
    if isinstance(raw, Unfit):
        raise raw
    try:
        return source.parse(raw, recipe)
    except Unfit:
        raise
    except (TypeError, AttributeError, LookupError, ValueError) as error:
        # Behind the colon Python quotes the value, which would make a reason of every row.
        words = f"{type(error).__name__} {str(error).split(':')[0]}"
        raise Unfit(f"not a row of source={recipe.source}: {words}") from error


def _rollout(found: SourceRollout) -> SourceRollout:
    _text("rollout", found.text)
    _text("model", found.model)
    _optional("reasoning", found.reasoning)
    _optional("finish reason", found.finish_reason)
    if not isinstance(found.label, bool | None):
        raise Unfit(f"label is not true or false but {type(found.label).__name__}")
    return found


def _split(value: str | None) -> str | None:
    if value is not None and value not in get_args(Split):
        raise Unfit(f"split is none of {', '.join(get_args(Split))}")
    return value


def _optional(what: str, value: Any) -> str | None:
    return None if value is None else _text(what, value)


def _text(what: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(f"{what} is not text but {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Unfit(f"{what} has a lone surrogate, which no UTF-8 file can hold") from error
    return value


def content(row: SourceRow) -> Content:
    """What the row's id stands for from now on."""
    problem_id = identity.problem_id(row.statement)
    return Content(problem_id, row.answer, row.split, row.license, _hashes(row.rollouts))


def _hashes(rollouts: tuple[SourceRollout, ...]) -> dict[str, str]:
    """Who wrote what, hashed, by field."""
    told: dict[str, list[str]] = defaultdict(list)
    for found in sorted(rollouts, key=lambda found: found.index):
        trace, solution = reasoning.split(found.text, found.reasoning)
        thought = "-" if trace is None else _md5(trace)
        told[found.name].append(f"{_md5(found.model)} {thought} {_md5(solution)}")
    return {field: _md5(" ".join(texts)) for field, texts in told.items()}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def tables(row: SourceRow, origin: Origin) -> Tables:
    """The row's rows in each table."""
    problem_id = identity.problem_id(row.statement)
    problem = {"problem_id": problem_id, "statement": row.statement, "run_id": origin.run_id}
    return {
        "problems": [problem],
        "problem_sources": [_source_row(row, problem_id, origin)],
        "rollouts": [_rollout_row(row, problem_id, found, origin) for found in row.rollouts],
    }


def _source_row(row: SourceRow, problem_id: str, origin: Origin) -> dict[str, Any]:
    return {
        "source": origin.source,
        "source_row": row.row,
        "problem_id": problem_id,
        "answer": row.answer,
        "license": row.license,
        "split": row.split,
        "level": row.level,
        "domain": row.domain,
        "origin": row.origin,
        "run_id": origin.run_id,
    }


def _rollout_row(
    row: SourceRow, problem_id: str, found: SourceRollout, origin: Origin
) -> dict[str, Any]:
    trace, solution = reasoning.split(found.text, found.reasoning)
    where = {"source": origin.source, "field": found.name}
    source_row = str(row.row)
    return {
        "rollout_id": identity.imported_rollout_id(
            origin.source, source_row, found.name, found.index
        ),
        "problem_id": problem_id,
        "policy_id": identity.policy_id(found.model, None, "import", [], where),
        "teacher": found.name,
        "model": found.model,
        "backend": "import",
        "sample_index": found.index,
        "finish_reason": found.finish_reason or _cut(found),
        "license": row.license,
        "source": origin.source,
        "source_row": source_row,
        "source_label": found.label,
        "run_id": origin.run_id,
        "created_at": datetime.now(UTC).replace(tzinfo=None),
        "trace": trace,
        "solution": solution,
    }


def _cut(found: SourceRollout) -> str | None:
    """`length` for a thought that never ends, where the source does not say why it stopped."""
    return "length" if not found.reasoning and reasoning.unended(found.text) else None
