r"""Inequalities and other descriptions of a set of reals -> a union of intervals.

x > 3, 3 < x, {x | x > 3}, R, R \ {3} and x \ne 3 are rewritten as the union that they describe,
so that they compare with intervals, and with one another, end by end.
"""

import re
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from factory.verifiers.maths import numeric
from factory.verifiers.maths.shape import outermost, shape_of

_SIGN = re.compile(r"(<|>|\\(?:le|ge|ne)(?![a-zA-Z]))")
_BUILDER = re.compile(r"\\?\{ ?([a-z])(?:\\in ?(?:\\mathbb\{R\}|R))?(?:\\mid ?|\||:) ?(.+?)\\?\}")
_VARIABLE = re.compile(r"[a-zA-Z](?:_\w)?|\\[a-z]{2,7}|[a-z]\([a-z]\)")
_WHOLE = re.compile(
    r"\\?\{ ?([a-z])\\in ?(?:\\mathbb ?)?\{?([ZN](?:\^\*|[_^]\+)?)\}?(?:\^\*|[_^]\+)?(?:\\mid ?"
    r"|\||:|,) ?(.+?)\\?\}"
)
_REALS = re.compile(
    r"\\mathbb ?\{?R\}?|\\R|(?:all )?real(?:s| ?numbers?)|all ?reals?(?: ?numbers?)?|R",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r"(.+?)\\(?:setminus|backslash|smallsetminus)(.+)|(\\mathbb\{R\})-(\\\{.+)")
_MEMBER = re.compile(r"[a-zA-Z]\\in ?(?:\\mathbb ?\{?R\}? ?, ?)?")
_HOLE = re.compile(r"[a-zA-Z]\\ne ?([^,]+)")
_DISTANCE = re.compile(r"\| ?[a-zA-Z] ?(?:([-+]) ?(\d{1,9}|\\frac\{\d{1,9}\}\{\d{1,9}\}) ?)?\|")
WHOLE = ("(", "-\\infty", "\\infty", ")")
Interval = tuple[str, str, str, str]


def as_union(text: str) -> str | None:
    """The union of intervals that `text` describes in words other than intervals, else None."""
    described = _MEMBER.sub("", text, count=1) if text[1:4] == "\\in" else text
    if found := _BUILDER.fullmatch(described):
        described = found[2]
    if _REALS.fullmatch(described):
        return _written([WHOLE])
    if found := _WITHOUT.fullmatch(described):
        return _without(found[1] or found[3], found[2] or found[4])
    letters = set(re.findall(r"(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])", described))
    if len(letters) > 1 and "," in described:
        return None  # x > 3, y > 3
    described, holes = _apart(described)
    parts = [_interval(part) for part in re.split(r"\\cup|\\lor|\\vee|,", described)]
    joined = _joined(parts) if "<" in text or ">" in text or _SIGN.search(text) else None
    return _written(_split(joined, holes)) if joined else None


def _apart(text: str) -> tuple[str, list[str]]:
    """x > 0 of "x > 0, x \\ne 1", and what is taken out of it."""
    parts = outermost(text, ",")
    holes = [found[1] for part in parts if (found := _HOLE.fullmatch(part))]
    if not holes or len(holes) == len(parts):
        return text, []
    return ",".join(part for part in parts if not _HOLE.fullmatch(part)), holes


def _split(intervals: list[Interval], holes: list[str]) -> list[Interval]:
    for hole in holes:
        at, split = _value(hole), list[Interval]()
        for left, low, high, right in intervals:
            ends = [None if "\\infty" in end else _value(end) for end in (low, high)]
            above = at is not None and (ends[0] is None or ends[0] < at)
            if above and (ends[1] is None or (at is not None and at < ends[1])):
                split += [(left, low, hole, ")"), ("(", hole, high, right)]
            else:
                split.append((left, low, high, right))
        intervals = split
    return intervals


Ends = tuple[Fraction | None, bool, Fraction | None, bool]  # low, whether in, high, whether in


def ends(condition: str) -> list[Ends] | None:
    """Where a condition on one variable holds, as numbers; None: without end."""
    left, equals, right = condition.partition("=")
    if equals and _VARIABLE.fullmatch(left.strip()):
        value = _value(right)
        return None if value is None else [(value, True, value, True)]
    parts = [_interval(part) for part in re.split(r"\\cup|\\lor|\\vee|,", condition)]
    found = _joined(parts)
    if not found:
        return None
    told: list[Ends] = []
    for left, low, high, right in found:
        first, last = (None if "\\infty" in end else _value(end) for end in (low, high))
        if (first is None) != ("\\infty" in low) or (last is None) != ("\\infty" in high):
            return None
        told.append((first, left == "[", last, right == "]"))
    return told


def whole_numbers(text: str) -> str | None:
    """{x in Z | -2 < x < 2} as {-1,0,1}."""
    found = _WHOLE.fullmatch(text)
    where = ends(found[3]) if found else None
    if not found or not where or len(where) != 1 or not re.search(rf"\b{found[1]}\b", found[3]):
        return None
    low, low_in, high, high_in = where[0]
    if low is None or high is None:
        return None
    first = ceil(low) if low_in or low.denominator > 1 else int(low) + 1
    last = floor(high) if high_in or high.denominator > 1 else int(high) - 1
    if last - first > 64:
        return None
    least = {"N": 0, "N^*": 1, "N^+": 1, "N_+": 1, "Z^+": 1}.get(found[2], first)
    return "\\{" + ",".join(map(str, range(max(first, least), last + 1))) + "\\}"


def _joined(parts: list[list[Interval] | None]) -> list[Interval] | None:
    found = [interval for part in parts if part for interval in part]
    if not all(parts) or len(found) > 16:
        return None
    if len(parts) == 2 and len(found) == 2 and (both := _overlap(*found)):
        return [both]
    return found


def _overlap(one: Interval, other: Interval) -> Interval | None:
    """x > 1, x < 3 is one interval: said of rays that overlap, a comma means and."""
    low, high = (one, other) if other[1] == "-\\infty" else (other, one)
    if low[2] != "\\infty" or high[1] != "-\\infty" or "\\infty" in low[1] + high[2]:
        return None
    ends = [_value(low[1]), _value(high[2])]
    if ends[0] is None or ends[1] is None or ends[0] >= ends[1]:
        return None
    return low[0], low[1], high[2], high[3]


def _interval(text: str) -> list[Interval] | None:
    """One inequality or chain in one variable."""
    text = text.strip()
    if (shape := shape_of(text)) and shape[0] in ("()", "(]", "[)", "[]") and len(shape[1]) == 2:
        return [(shape[0][0], shape[1][0], shape[1][1], shape[0][1])]
    parts = _SIGN.split(text)
    if len(parts) == 3:
        left, sign, right = parts
        if not _VARIABLE.fullmatch(left):
            left, sign, right = (
                right,
                {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le"}.get(sign, sign),
                left,
            )
        return _ray(left.strip(), sign, right.strip()) or _within(parts[0], parts[1], parts[2])
    if len(parts) == 5 and _VARIABLE.fullmatch(parts[2].strip()):
        low, first, _, second, high = (part.strip() for part in parts)
        if {first, second} <= {">", "\\ge"}:
            low, first, second, high = (
                high,
                {">": "<", "\\ge": "\\le"}[second],
                {">": "<", "\\ge": "\\le"}[first],
                low,
            )
        if {first, second} <= {"<", "\\le"}:
            return [("(" if first == "<" else "[", low, high, ")" if second == "<" else "]")]
    return None


def _within(left: str, sign: str, radius: str) -> list[Interval] | None:
    """|x-a| < r and its like."""
    found = _DISTANCE.fullmatch(left)
    if not found:
        return None
    centre = {"-": found[2], "+": f"-{found[2]}"}.get(found[1] or "", "0")
    low, high = f"{centre}-({radius})", f"{centre}+{radius}"
    if sign in ("<", "\\le"):
        return [("(" if sign == "<" else "[", low, high, ")" if sign == "<" else "]")]
    rays = [("(", "-\\infty", low, ")" if sign == ">" else "]")]
    return [*rays, ("(" if sign == ">" else "[", high, "\\infty", ")")] if sign != "\\ne" else None


def _ray(left: str, sign: str, right: str) -> list[Interval] | None:
    letter = _VARIABLE.fullmatch(right) and right != "\\pi"
    if not _VARIABLE.fullmatch(left) or not right or letter:
        return None
    rays: dict[str, list[Interval]] = {
        "<": [("(", "-\\infty", right, ")")],
        "\\le": [("(", "-\\infty", right, "]")],
        ">": [("(", right, "\\infty", ")")],
        "\\ge": [("[", right, "\\infty", ")")],
        "\\ne": [("(", "-\\infty", right, ")"), ("(", right, "\\infty", ")")],
    }
    return rays[sign]


def _without(whole: str, holes: str) -> str | None:
    """All reals but a few points."""
    shape = shape_of(holes.strip())
    points = shape[1] if shape and shape[0] == "{}" else [holes.strip()]
    if not _REALS.fullmatch(whole.strip()) and "".join(whole.split()) != "(-\\infty,\\infty)":
        return None
    values = {point: _value(point) for point in points}
    if any(value is None for value in values.values()):
        return None
    ordered = sorted(points, key=lambda point: values[point] or Fraction(0))
    ends = ["-\\infty", *ordered, "\\infty"]
    return _written([("(", low, high, ")") for low, high in pairwise(ends)])


def _value(text: str) -> Fraction | None:
    try:
        return numeric.value_of(text)
    except numeric.Unreadable:
        return None


def _written(intervals: list[Interval]) -> str:
    return "\\cup ".join(f"{left}{low},{high}{right}" for left, low, high, right in intervals)


def is_union(text: str) -> bool:
    """Whether `text` is an interval or a union of such."""
    return all(
        (shape := shape_of(part)) is not None
        and shape[0] in ("()", "(]", "[)", "[]")
        and len(shape[1]) == 2
        for part in outermost(text, "\\cup")
    )
