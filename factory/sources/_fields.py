"""A row whose fields the user names: question=FIELD [answer=FIELD] [id=FIELD]."""

from typing import Any

from factory.errors import UserError
from schemas.exchange import SourceRow, Unfit


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """The row in our words. Raises Unfit where a named field is not in it."""
    if recipe.question is None:
        raise UserError(f"source={recipe.source} needs question=FIELD; a row has: {', '.join(raw)}")
    row = None if recipe.id is None else scalar(raw, recipe.id)
    answer = None if recipe.answer is None else scalar(raw, recipe.answer)
    return SourceRow(statement=field(raw, recipe.question), answer=answer, row=row)


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
