r"""Two forms -> same, different, unclear, or open (only the worker can tell).

Works inwards: names, bases, choice letters and text by rule; numbers exactly; lists, tuples,
sets, intervals, unions and matrices bracket by bracket and part by part. What is left is a
question for `ask`, which the first, cheap pass does not have. Brackets are strict because
math-verify reads (1,2) and {1,2} as equal.
"""

import re
from collections.abc import Sequence

from factory.verifiers import Flag, Tier
from factory.verifiers.maths import algebra, exact, numeric, ranges, units, words
from factory.verifiers.maths.canonical import Form
from factory.verifiers.maths.decision import Ask, Decision, Relation, Rule
from factory.verifiers.maths.shape import Shape, depth_of, outermost, shape_of

MAX_PARTS = 64
MAX_DEPTH = 40
_NAME = re.compile(
    r"((?:[A-Za-z]{1,2}|\([a-z](?:,[a-z]){1,4}\)|\\[a-z]{1,9}|[a-zA-Z]\([a-zA-Z\d]{1,3}\)|[a-z](?::[a-z]){1,3}|[a-z]/[a-z]"
    r"|\\(?:vec|overrightarrow|overline|hat|widehat)(?: ?[a-z]|\{[a-zA-Z]{1,3}\})"
    r"|m?\\angle ?[A-Z]{1,3}|\\triangle ?[A-Z]{1,3}|[A-Z]{2,4}|\|[A-Z]{2}\||[A-Za-z][A-Za-z ]{2,40}"
    r"|[a-zA-Z](?:\^\{?-1\}?|'{1,2})(?:\([a-z]\))?|\\frac\{d[a-z]?\}\{d[a-z]\}"
    r"|\\(?:max|min|gcd|lcm))"
    r"(?:_(?:\w|\{[^{}=]{1,24}\}))?)(?:=|\\in ?)"
)
_K, _N = (re.compile(rf"(?<![\\a-zA-Z])[{letters}](?![a-zA-Z])") for letters in ("k", "nm"))
_COMMAND, _LETTERED = re.compile(r"\\[a-zA-Z]+"), re.compile(r"[a-zA-Z]")
_BASED = re.compile(r"(-?[\dA-F]+)_(?:(\d)|\{(\d\d)\})")
_UNREADABLE = re.compile(r"\.\.|\\ldots|(?<![_^\d])\d{1,99} (?=\d)(?!\d+/\d)|\^\w\^")
_RELATION = re.compile(r"[<>=]|\\(?:le|ge|ne|in)(?![a-z])")


def decide(gold: Form, given: Form, ask: Ask | None = None) -> Decision:
    """How `given` relates to `gold`; without `ask` the relation may be open."""
    if units.conflict(gold.unit, given.unit):
        return Decision("unclear", "string", f"unit {given.unit} against {gold.unit}")
    if gold.text != given.text and max(depth_of(gold.text), depth_of(given.text)) > MAX_DEPTH:
        return Decision("unclear", "string", f"brackets nest deeper than {MAX_DEPTH}")
    numeric.allot()
    return _decide(*_measured(gold, given), ask).taking(_set_aside(gold.unit, given.unit))


def _set_aside(gold: str, given: str) -> Flag | None:
    """The liberty taken where one side has a unit that the other has not."""
    if gold == given:
        return None
    return "percent" if "percent" in (gold, given) else "units"


def _measured(gold: Form, given: Form) -> tuple[str, str]:
    """Degrees in radians where the other side is; a stuck "m" is a unit; n\\pi is k\\pi."""
    texts = [gold.text, given.text]
    for at, (one, other) in enumerate(((gold, given), (given, gold))):
        if one.unit == "degree" and "\\pi" in other.text and not other.unit:
            parts = outermost(one.text, ",")
            texts[at] = ",".join(rf"({part})\cdot\pi/180" for part in parts)
        if other.unit and not one.unit and one.text.endswith(other.unit):
            bare = one.text.removesuffix(other.unit).strip()
            texts[at] = bare if exact.parse(bare) else one.text
        if "\\pi" in one.text and _K.search(other.text) and not _K.search(one.text):
            texts[at] = _N.sub("k", one.text)
    return texts[0], texts[1]


def _decide(gold: str, given: str, ask: Ask | None) -> Decision:
    if not gold:
        return Decision("bad_gold", "string", "nothing in the gold answer to compare")
    if not given:
        return Decision("unclear", "string", "nothing left to compare")
    if gold == given:
        return Decision("same", "string", "same canonical form")
    if words.ticked(gold) and words.ticked(gold) == words.ticked(given):
        return Decision("same", "string", "the same choices ticked")
    digits = _unbased(gold, given)
    bare = _unnamed(*digits)
    flags: list[Flag] = ["base"] if digits != (gold, given) else []
    names = [whole.removesuffix(rest) for whole, rest in zip(digits, bare, strict=True)]
    if names[0] != names[1]:
        flags.append("name")
    if bare[0] == bare[1]:
        told = "same but for a name or a base that one side omits"
        return Decision("same", "string", told, frozenset(flags))
    return _ruled(*bare, ask).taking(*flags)


def _ruled(gold: str, given: str, ask: Ask | None) -> Decision:
    for rule in RULES:
        if decision := rule(gold, given, ask):
            return decision
    return algebra.symbolic(gold, given, ask)


def _unbased(gold: str, given: str) -> tuple[str, str]:
    """An omitted base is accepted; two bases must agree, so both are kept."""
    one, other = _BASED.fullmatch(gold), _BASED.fullmatch(given)
    if one and not other:
        return one[1], given
    return (gold, other[1]) if other and not one else (gold, given)


def _unnamed(gold: str, given: str) -> tuple[str, str]:
    """x=5 against 5, or against x=5 with another right side; two different names are kept."""
    one, other = _NAME.match(gold), _NAME.match(given)
    if one and other and {one[0], other[0]} == {"y=", "f(x)="}:
        return _right_side(gold, one), _right_side(given, other)
    if one and other and one[0] != other[0]:
        sides = _right_side(gold, one), _right_side(given, other)
        return sides if all(map(_bracketed, sides)) else (gold, given)
    if one and "=" in given and not other:
        return gold, given
    if other and "=" in gold and not one:
        return gold, given
    return _right_side(gold, one), _right_side(given, other)


def _bracketed(text: str) -> bool:
    """Whether a name in front says nothing: v = (1,2) and P = (1,2)."""
    shape = shape_of(text)
    return shape is not None and shape[0] not in ("list", "union")


def _right_side(text: str, name: re.Match[str] | None) -> str:
    rest = text[name.end() :] if name else ""
    return outermost(rest, "=")[-1] if rest and len(outermost(rest, ",")) == 1 else text


def _unreadable(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """What math-verify misreads: 1,2,...,n as 1.2, two numbers side by side as a sum, 2^3^4."""
    if _UNREADABLE.search(gold) or _UNREADABLE.search(given):
        return Decision("unclear", "string", "can only be compared letter by letter")
    return None


def _numbers(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    if _BASED.fullmatch(gold) and _BASED.fullmatch(given):
        return Decision("different", "string", "other digits or another base")
    one, other = exact.parse(gold), exact.parse(given)
    if one is None or other is None:
        return None
    same = exact.same(one, other)
    decision = Decision("same" if same else "different", "exact", "compared as exact numbers")
    return decision.taking("rounding" if same and one.value != other.value else None)


def _range(gold: str, given: str, ask: Ask | None) -> Decision | None:
    """A set of reals by inequalities, against intervals or other inequalities."""
    one, other = ranges.as_union(gold), ranges.as_union(given)
    if one and other:
        letters = [set(_LETTERED.findall(_COMMAND.sub("", side))) for side in (gold, given)]
        if algebra.related(gold, given) and letters[0] and not letters[0] & letters[1]:
            return Decision("different", "string", "inequalities in different letters")
        decision = _decide(one, other, ask)
        told = decision.relation == "same" or not _LETTERED.search(_COMMAND.sub("", one + other))
        return decision if told or not algebra.related(gold, given) else None
    if one and ranges.is_union(given):
        return _decide(one, given, ask)
    return _decide(gold, other, ask) if other and ranges.is_union(gold) else None


def _equation(gold: str, given: str, ask: Ask | None) -> Decision | None:
    """An equation against a value: the right side answers if the left was asked."""
    sides = [outermost(text, "=") for text in (gold, given)]
    if (
        len(sides[0]) == len(sides[1])
        or min(map(len, sides)) > 1
        or shape_of(gold)
        or shape_of(given)
    ):
        return None
    decision = _decide(sides[0][-1], sides[1][-1], ask)
    if decision.relation == "open" or (decision.relation == "different" and len(sides[0]) == 1):
        return decision
    return Decision("unclear", decision.tier, "an equation against a value")


def _structure(gold: str, given: str, ask: Ask | None) -> Decision | None:
    one, other = shape_of(gold), shape_of(given)
    if one is None and other is None:
        return None
    if one is None or other is None or one[0] != other[0]:
        return _unlike(gold, given, one, other, ask)
    if len(one[1]) != len(other[1]):
        return Decision("different", "exact", f"{len(other[1])} parts against {len(one[1])}")
    if one[0] not in ("list", "{}", "union") or len(one[1]) > MAX_PARTS:
        return _aligned(one[1], other[1], ask)
    decision, kept = _matched(one[1], other[1], ask)
    return decision.taking("order" if one[0] == "list" and not kept else None)


def _unlike(
    gold: str, given: str, one: Shape | None, other: Shape | None, ask: Ask | None
) -> Decision | None:
    kinds = {one[0] if one else "", other[0] if other else ""}
    if one and other and kinds == {"list", "{}"}:
        decision = _structure(",".join(one[1]), ",".join(other[1]), ask)
        return decision and decision.taking("brackets")
    if one and other and kinds == {"list", "()"} and len(one[1]) == len(other[1]):
        return _aligned(one[1], other[1], ask).taking("brackets")
    for single, text in ((one, given), (other, gold)):
        if "" in kinds and single and len(single[1]) == 1 and single[0] in ("()", "{}"):
            sides = (single[1][0], text) if single is one else (text, single[1][0])
            return _decide(*sides, ask).taking("brackets")
    if other and other[0] == "list" and one is None and _repeated(other[1]):
        return _decide(gold, other[1][0], ask)
    if one and other and one[0].startswith("pmatrix") and (rows := _rows(other)):
        same_size = one[0] == rows[0]
        return _aligned(one[1], rows[1], ask).taking("brackets") if same_size else None
    if any(kind.startswith("pmatrix") for kind in kinds) and "()" in kinds:
        return Decision("unclear", "exact", "a vector written as a tuple")
    if "union" in kinds or _RELATION.search(gold) or _RELATION.search(given):
        return None
    return Decision("different", "exact", "another kind of brackets")


def _repeated(parts: Sequence[str]) -> bool:
    """Whether a list says one value in several ways: 1/2 or 0.5."""
    return (
        all(_decide(parts[0], part, None).relation == "same" for part in parts[1:4])
        and len(parts) < 5
    )


def _rows(shape: Shape) -> Shape | None:
    """[[1,2],[3,4]] as the matrix it is."""
    rows = [shape_of(part) for part in shape[1]] if shape[0] == "[]" else []
    if not rows or any(row is None or row[0] != "[]" for row in rows):
        return None
    cells = [row[1] for row in rows if row]
    return f"pmatrix {[len(row) for row in cells]}", [cell for row in cells for cell in row]


def _aligned(gold: Sequence[str], given: Sequence[str], ask: Ask | None) -> Decision:
    """Part by part; the first difference decides, since no other part can mend it."""
    weakest = Decision("same", "string", "same part by part")
    for one, other in zip(gold, given, strict=True):
        decision = _decide(one, other, ask)
        if decision.relation == "different":
            return decision
        weakest = _weaker(weakest, decision)
    return weakest


def _matched(gold: Sequence[str], given: Sequence[str], ask: Ask | None) -> tuple[Decision, bool]:
    """In any order: each gold part takes the first part that is the same; and whether in order."""
    left, weakest = list(given), Decision("same", "string", "same parts in some order")
    kept = True
    for one in gold:
        best, at = Decision("different", "exact", f"no part is {one[:40]}"), -1
        for index, other in enumerate(left):
            decision = _decide(one, other, ask)
            if best.relation == "different" and decision.relation != "different":
                best, at = decision, index
            if decision.relation == "same":
                best, at = decision, index
                break
        if best.relation == "different":
            return best, kept
        if best.relation == "same":
            del left[at]
        kept = kept and at == 0
        weakest = _weaker(weakest, best)
    return weakest, kept


_STRENGTH: Sequence[Relation] = ("same", "open", "unclear", "bad_gold")
_DEPTH: Sequence[Tier] = ("string", "exact", "numeric", "symbolic")


def _weaker(one: Decision, other: Decision) -> Decision:
    def key(decision: Decision) -> tuple[int, int]:
        return _STRENGTH.index(decision.relation), _DEPTH.index(decision.tier)

    weaker, stronger = (other, one) if key(other) > key(one) else (one, other)
    return weaker.taking(*stronger.flags)


RULES: tuple[Rule, ...] = (
    words.clock,
    words.ratio,
    _unreadable,
    words.choice,
    _range,
    words.text,
    _numbers,
    _equation,
    _structure,
    algebra.relations,
    algebra.values,
)
