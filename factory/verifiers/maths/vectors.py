"""Vectors and determinants: columns, rows, tuples, sums of i, j and k; the value of a vmatrix."""

import re

from factory.verifiers.maths.shape import Shape, outermost, shape_of

_TERM = re.compile(
    r"(?:[^ijk]*[^a-zA-Z\\^_{(]|(?:.*[^\\a-zA-Z])?[a-hl-z]+ )?[ijk]"
)  # ends in its unit
_UNIT = re.compile(r"(?<![\\a-zA-Z])([ijk])(?![a-zA-Z])")


def aligned(gold: str, given: str) -> tuple[list[str], list[str]] | None:
    """The components of two vectors that are written in different ways."""
    if shape_of(gold) and shape_of(given) and "matrix" in gold and "matrix" in given:
        return None  # a row is not a column
    one, other = _components(gold), _components(given)
    length = len(one or other or ())
    if one is None and length in (2, 3) and other:
        one = _of_units(gold, length)
    elif other is None and length in (2, 3):
        other = _of_units(given, length)
    return (one, other) if one and other and len(one) == len(other) else None


def _components(text: str) -> list[str] | None:
    """Those of a column, a row or a tuple."""
    shape = shape_of(text)
    if shape is None or len(shape[1]) < 2:
        return None
    rows = set(shape[0].removeprefix("pmatrix [").removesuffix("]").split(", "))
    line = shape[0].startswith("pmatrix") and (
        rows == {"1"} or len(rows) == 1 == shape[0].count(",")
    )
    return shape[1] if shape[0] == "()" or line or _row(shape) else None


def _row(shape: Shape) -> bool:
    return shape[0] == f"pmatrix [{len(shape[1])}]"


def _of_units(text: str, length: int) -> list[str] | None:
    """(2, -3) of 2i-3j."""
    units = set(_UNIT.findall(text))
    if not units >= {"i", "j"} and not (length == 3 and len(units) > 1):
        return None
    added = outermost(text.removeprefix("-"), "+")
    terms = [term for part in added for term in outermost(part, "-")]
    if "=" in text or "," in text or not all(_TERM.fullmatch(term.strip()) for term in terms):
        return None
    return [_along(unit, text) for unit in "ijk"[:length]]


def _along(unit: str, text: str) -> str:
    """The component of a sum along one unit vector."""
    return _UNIT.sub(lambda letter: "{1}" if letter[1] == unit else "{0}", text)


def determinants(gold: str, given: str) -> tuple[str, str] | None:
    """Both sides with a determinant multiplied out; None where there is none."""
    sides = [_multiplied(text) for text in (gold, given)]
    if sides == [None, None]:
        return None
    return sides[0] or gold, sides[1] or given


def _multiplied(text: str) -> str | None:
    shape = shape_of(text)
    if shape is None or shape[0] not in ("vmatrix [2, 2]", "vmatrix [3, 3, 3]"):
        return None
    return _determinant(shape[1], 2 if len(shape[1]) == 4 else 3)


def _determinant(cells: list[str], size: int) -> str:
    if size == 2:
        return f"(({cells[0]})({cells[3]})-({cells[1]})({cells[2]}))"
    minors = []
    for column in range(3):
        rest = [cells[3 * row + other] for row in (1, 2) for other in range(3) if other != column]
        minors.append(f"({cells[column]}){_determinant(rest, 2)}")
    return f"({minors[0]}-{minors[1]}+{minors[2]})"
