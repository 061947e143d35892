r"""Text -> its outermost structure: the kind of brackets and the parts within, or none.

Bracket-strict: "(]" and "()" are different kinds, and a bracket that does not close its opener is
no structure at all. One pass over the text, no recursion.
"""

import re
from itertools import permutations

_OPENERS = {"(": "(", "[": "[", "\\{": "{"}
_CLOSERS = {")": ")", "]": "]", "\\}": "}"}
_DEPTHS = {**dict.fromkeys((*_OPENERS, "{"), 1), **dict.fromkeys((*_CLOSERS, "}"), -1)}
_MATRIX = re.compile(
    r"([^=,]{0,60}?)(?:\\cdot ?)?\\begin\{([a-z]{1,9})\}(.{0,2000})\\end\{[a-z]{1,9}\}", re.DOTALL
)
_DIAGONAL = re.compile(r"\\?diag ?\(([^()]{1,200})\)")
_IDENTITY = re.compile(r"I_\{?([2-4])\}?")
_PERMUTED = re.compile(
    r"(?:all |and |the |its |their |any |of |these |them )*permutations?(?: of (?:it|these"
    r"|them|this))?"
)
_EITHER = re.compile(r"\\pm(?![a-z])")
_IF = re.compile(r"(?:if|for|when|where) ?")
_PIECE = re.compile(r"\\(?:begin|end)\{[a-z]{1,9}\}|\\cup(?![a-z])|\\pm(?![a-z])|\\.|.", re.DOTALL)

Shape = tuple[str, list[str]]


def shape_of(text: str) -> Shape | None:
    """(kind, parts) of a list, bracketed list, union, matrix or cases; None for a single value."""
    if matrix := _MATRIX.fullmatch(text):
        return _matrix(*matrix.groups())
    if diagonal := _DIAGONAL.fullmatch(text):
        cells = outermost(diagonal[1], ",")
        square = [
            cell if row == at else "0" for row in range(len(cells)) for at, cell in enumerate(cells)
        ]
        return f"pmatrix {[len(cells)] * len(cells)}", square
    if identity := _IDENTITY.fullmatch(text):
        return shape_of(f"diag({','.join(['1'] * int(identity[1]))})")
    parts = outermost(text, ",")
    if len(parts) > 1:
        return "list", _signed(_permuted(parts))
    if len(united := outermost(text, "\\cup")) > 1:
        return "union", united
    if ends := _brackets(text):
        return _bracketed(ends, outermost(_inside(text), ","))
    signed = _signed(parts)
    return ("list", signed) if len(signed) > 1 else None


def _permuted(parts: list[str]) -> list[str]:
    """Every permutation of the tuples before "and permutations"."""
    if not _PERMUTED.fullmatch(parts[-1]) or len(parts) > 4:
        return parts
    inner = [_inside(part) for part in parts[:-1] if _brackets(part) == "()"]
    if len(inner) < len(parts) - 1 or any(part.count(",") > 3 for part in inner):
        return parts
    orders = {order for part in inner for order in permutations(outermost(part, ","))}
    return [f"({','.join(order)})" for order in sorted(orders)]


def _matrix(factor: str, kind: str, inside: str) -> Shape | None:
    """A matrix with the factor in its cells; cases as pairs of value and condition."""
    if "\\begin" in inside:
        return None
    rows = [row.split("&") for row in inside.split("\\\\") if row.strip()]
    cells = [cell.strip() for row in rows for cell in row]
    if kind == "cases":
        if factor:
            return None
        if all(len(row) == 1 for row in rows):
            return "list", [cell.strip(", ") for cell in cells]
        whole = [[_IF.sub("", cell.strip(", "), count=1) for cell in row] for row in rows]
        return "cases", [f"({','.join(row)})" for row in whole]
    factor = {"-": "-1", "+": ""}.get(factor, factor)
    cells = [f"({cell})({factor})" for cell in cells] if factor else cells
    return f"{kind} {[len(row) for row in rows]}", cells


def _bracketed(ends: str, parts: list[str]) -> Shape:
    """[1,2,3] is no interval; (\\pm 1,0) are two tuples."""
    if ends == "[]" and len(parts) > 2 and not any(part.startswith("[") for part in parts):
        ends = "()"
    several = [at for at, part in enumerate(parts) if _EITHER.search(part)]
    if ends == "()" and len(parts) > 1 and len(several) == 1:
        at = several[0]
        ways = [[*parts[:at], value, *parts[at + 1 :]] for value in _signed([parts[at]])]
        return "list", [f"({','.join(way)})" for way in ways]
    return ends, _signed(parts)


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
    if separator not in text:
        return [text.strip()]
    parts, depth = [""], 0
    for piece in _PIECE.findall(text):
        if len(piece) > 6:
            depth += 1 if piece.startswith("\\begin{") else -1
        else:
            depth += _DEPTHS.get(piece, 0)
        if piece == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def _signed(parts: list[str]) -> list[str]:
    r"""Each a \pm b as the two values it stands for."""
    values: list[str] = []
    for part in parts:
        sides = _EITHER.split(part)
        plus = "+" if sides[0] and sides[0][-1] not in "=({" else ""
        values += [sign.join(sides) for sign in (plus, "-")] if len(sides) == 2 else [part]
    return values
