r"""Text -> its outermost structure: the kind of brackets and the parts within, or none.

Bracket-strict: "(]" and "()" are different kinds, and a bracket that does not close its opener is
no structure at all. One pass over the text, no recursion.
"""

import re

_OPENERS = {"(": "(", "[": "[", "\\{": "{"}
_CLOSERS = {")": ")", "]": "]", "\\}": "}"}
_MATRIX = re.compile(r"\\begin\{([a-z]{1,9})\}(.{0,2000})\\end\{[a-z]{1,9}\}", re.DOTALL)
_PIECE = re.compile(r"\\cup(?![a-z])|\\pm(?![a-z])|\\.|.", re.DOTALL)

Shape = tuple[str, list[str]]


def shape_of(text: str) -> Shape | None:
    """(kind, parts) of a list, bracketed list, union or matrix; None for a single value."""
    if matrix := _MATRIX.fullmatch(text):
        if "\\begin" in matrix[2]:
            return None
        rows = [row.split("&") for row in matrix[2].split("\\\\") if row.strip()]
        cells = [cell.strip() for row in rows for cell in row]
        return f"{matrix[1]} {[len(row) for row in rows]}", cells
    parts = outermost(text, ",")
    if len(parts) > 1:
        return "list", _signed(parts)
    if len(united := outermost(text, "\\cup")) > 1:
        return "union", united
    if ends := _brackets(text):
        return ends, _signed(outermost(_inside(text), ","))
    signed = _signed(parts)
    return ("list", signed) if len(signed) > 1 else None


def _brackets(text: str) -> str | None:
    """The two ends, such as "(]", of text inside one pair of brackets, else None."""
    depth = 0
    pieces = _PIECE.findall(text)
    if not pieces or pieces[0] not in _OPENERS or pieces[-1] not in _CLOSERS:
        return None
    for last in pieces[:-1]:
        depth += (last in _OPENERS) - (last in _CLOSERS)
        if depth == 0:
            return None
    return _OPENERS[pieces[0]] + _CLOSERS[pieces[-1]]


def _inside(text: str) -> str:
    return text[2 if text.startswith("\\") else 1 : -2 if text.endswith("\\}") else -1]


def depth_of(text: str) -> int:
    """How deep brackets and braces nest."""
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest


def outermost(text: str, separator: str) -> list[str]:
    """`text` split at the separators that stand outside all brackets and braces."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(text):
        depth += (piece in _OPENERS or piece == "{") - (piece in _CLOSERS or piece == "}")
        if piece == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def _signed(parts: list[str]) -> list[str]:
    r"""Each a \pm b as the two values it stands for."""
    values: list[str] = []
    for part in parts:
        sides = outermost(part, "\\pm")
        plus = "+" if sides[0] else ""
        values += [sign.join(sides) for sign in (plus, "-")] if len(sides) == 2 else [part]
    return values
