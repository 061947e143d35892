"""Fields of rows: those the user names, and what the ready sources read in common.

question=FIELD [answer=FIELD] [id=FIELD] [completion=FIELD model=NAME [trace=FIELD]]
"""

import re
from typing import Any

from factory.errors import UserError
from schemas.exchange import SourceRollout, SourceRow, Unfit

BOX = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])\s*")
BARE = re.compile(r"(\d+(?:\.\d+)?|[A-Za-z]|\\[A-Za-z]+)(?=[.,;]?(?:\s|$)|\s*(?:\$|\\[)\]]))")


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """The row in our words. Raises Unfit where a named field is not in it."""
    if recipe.question is None:
        raise UserError(f"source={recipe.source} needs question=FIELD; a row has: {', '.join(raw)}")
    return SourceRow(
        statement=field(raw, recipe.question),
        answer=None if recipe.answer is None else scalar(raw, recipe.answer),
        row=None if recipe.id is None else scalar(raw, recipe.id),
        rollouts=_rollouts(raw, recipe),
    )


def _rollouts(raw: dict[str, Any], recipe: Any) -> tuple[SourceRollout, ...]:
    if recipe.completion is None:
        return ()
    texts = _listed(field(raw, recipe.completion))
    traces = [None] * len(texts) if recipe.trace is None else _listed(field(raw, recipe.trace))
    model = model_of(raw, recipe)
    return tuple(
        SourceRollout(recipe.completion, index, text, model, reasoning=trace)
        for index, (text, trace) in enumerate(zip(texts, traces, strict=True))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def model_of(raw: dict[str, Any], recipe: Any) -> Any:
    """Who wrote the row's rollouts: what the field `model` names holds, else that name itself."""
    if recipe.model is None:
        raise UserError(
            f"source={recipe.source} needs model=NAME, who wrote the rollouts, or model=FIELD "
            f"where the rows say; a row has: {', '.join(raw)}"
        )
    return raw.get(recipe.model, recipe.model)


def field(raw: dict[str, Any], name: str) -> Any:
    """The value of a field. Raises Unfit."""
    if name not in raw:
        raise Unfit(f"no field {name!r}")
    return raw[name]


def scalar(raw: dict[str, Any], name: str) -> str | None:
    """The value of a field that may be a number or null, as text. Raises Unfit."""
    value = field(raw, name)
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise Unfit(f"{name} is neither text nor number but {type(value).__name__}")
    return None if value is None else str(value)


def boxed(solution: str) -> str | None:
    """What stands in the last \\boxed{} or \\fbox{}, or bare after it; None where unclear."""
    boxes = list(BOX.finditer(solution))
    if not boxes:
        return None
    start = boxes[-1].end()
    if solution[start : start + 1] != "{":
        bare = BARE.match(solution, start)
        return bare[1] if bare else None
    depth = 0
    for token in re.finditer(r"\\.|[{}]", solution[start:], re.DOTALL):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if depth == 0:
            return solution[start + 1 : start + token.start()].strip() or None
    return None


def slug(words: str | None) -> str | None:
    """`Number Theory` -> `number_theory`: a field of mathematics as the house spells it."""
    return words.strip().lower().replace(" ", "_") if words else None


def area(domains: list[str] | str | None) -> str | None:
    """`["Mathematics -> Algebra -> Linear Equations"]` -> `algebra`: the field of the first one.

    A CSV file has the list as a text.
    """
    if isinstance(domains, str):
        domains = re.findall(r"[^\[\]'\",]+", domains)
    steps = domains[0].split(" -> ") if domains else []
    return slug(steps[min(1, len(steps) - 1)]) if steps else None
