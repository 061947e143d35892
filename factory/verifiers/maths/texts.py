r"""Two forms -> same, different, unclear, or open (only the worker can tell).

Works inwards: names, bases, choice letters and text by rule; numbers exactly; lists, tuples,
sets, intervals, unions and matrices bracket by bracket and part by part. What is left is a
question for `ask`, which the first, cheap pass does not have. Brackets are strict because
math-verify reads (1,2) and {1,2} as equal.
"""

import re
from collections.abc import Sequence

from factory.verifiers import Flag, Tier
from factory.verifiers.maths import (
    algebra,
    exact,
    naming,
    piecewise,
    ranges,
    vectors,
    words,
)
from factory.verifiers.maths.decision import Ask, Decision, Relation, Rule
from factory.verifiers.maths.shape import Shape, outermost, shape_of

MAX_PARTS = 64

_COMMAND, _LETTERED = re.compile(r"\\[a-zA-Z]+"), re.compile(r"[a-zA-Z]")
_UNREADABLE = re.compile(r"\.\.|\\ldots|(?<![_^\d])\d{1,99} (?=\d)(?!\d+/\d)|\^\w\^")
_LABEL = re.compile(r"[a-zA-Z](?:_\w|\(\w{1,2}\))?")
_RANKED = re.compile(r"[A-H]{3,8}")
_VALUE = re.compile(r"[a-zA-Z]\(-?\d{1,9}\)=")
_LONE = re.compile(r"[a-z](?:_\w)?")
_RELATION = re.compile(r"[<>=]|\\(?:le|ge|ne|in)(?![a-z])")


def decide(gold: str, given: str, ask: Ask | None) -> Decision:
    if not gold:
        return Decision("bad_gold", "string", "nothing in the gold answer to compare")
    if not given:
        return Decision("unclear", "string", "nothing left to compare")
    if gold == given:
        return Decision("same", "string", "same canonical form")
    choices = words.ticked(gold)
    if choices == sorted(set(choices)) == sorted(words.ticked(given)) != []:  # BAC is a ranking
        return Decision("same", "string", "the same choices ticked")
    if _RANKED.fullmatch(gold) and _RANKED.fullmatch(given):
        return Decision("different", "string", "letters in another order")
    values = [_VALUE.match(side) for side in (gold, given)]
    if values[0] and values[1] and values[0][0] != values[1][0]:
        return Decision("different", "string", "values at different places")
    digits = naming.unbased(gold, given)
    bare = naming.unnamed(*digits)
    flags: list[Flag] = ["base"] if naming.based(gold) != naming.based(given) else []
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


def _unreadable(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """What math-verify misreads: 1,2,...,n as 1.2, two numbers side by side as a sum, 2^3^4."""
    if _UNREADABLE.search(gold) or _UNREADABLE.search(given):
        return Decision("unclear", "string", "can only be compared letter by letter")
    return None


def _numbers(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    if naming.based(gold) and naming.based(given):
        return Decision("different", "string", "other digits or another base")
    one, other = exact.parse(gold), exact.parse(given)
    if one is None or other is None:
        return None
    same = exact.same(one, other)
    decision = Decision("same" if same else "different", "exact", "compared as exact numbers")
    return decision.taking("rounding" if same and one.value != other.value else None)


def _range(gold: str, given: str, ask: Ask | None) -> Decision | None:
    """A set of reals by inequalities, against intervals or other inequalities."""
    finite = [ranges.whole_numbers(side) for side in (gold, given)]
    if any(finite):
        return decide(finite[0] or gold, finite[1] or given, ask)
    one, other = ranges.as_union(gold), ranges.as_union(given)
    if one and other:
        letters = [set(_LETTERED.findall(_COMMAND.sub("", side))) for side in (gold, given)]
        if algebra.related(gold, given) and letters[0] and not letters[0] & letters[1]:
            return Decision("different", "string", "inequalities in different letters")
        decision = decide(one, other, ask)
        told = decision.relation == "same" or not _LETTERED.search(_COMMAND.sub("", one + other))
        return decision if told or not algebra.related(gold, given) else None
    if one and ranges.is_union(given):
        return decide(one, given, ask)
    return decide(gold, other, ask) if other and ranges.is_union(gold) else None


def _equation(gold: str, given: str, ask: Ask | None) -> Decision | None:
    """An equation against a value: the right side answers if the left was asked."""
    sides = [outermost(text, "=") for text in (gold, given)]
    listed = any(len(outermost(text, ",")) > 1 for text in (gold, given))
    if (
        not listed
        and len(sides[0]) == len(sides[1]) > 2
        and not (shape_of(gold) or shape_of(given))
    ):
        return _matched(sides[0], sides[1], ask)[0]
    if min(map(len, sides)) == 1 and _one_value(max(sides, key=len)):
        return decide(sides[0][-1], sides[1][-1], ask).taking("name")
    if (
        len(sides[0]) == len(sides[1])
        or min(map(len, sides)) > 1
        or shape_of(gold)
        or shape_of(given)
    ):
        return None
    decision = decide(sides[0][-1], sides[1][-1], ask)
    if decision.relation == "open" or (decision.relation == "different" and len(sides[0]) == 1):
        return decision
    return Decision("unclear", decision.tier, "an equation against a value")


def _all_equal(gold: str, given: str, ask: Ask | None) -> Decision | None:
    """x=y=z=1 as (1,1,1)."""
    for chain, other in ((gold, given), (given, gold)):
        *letters, value = outermost(chain, "=")
        shape = shape_of(other)
        chained = len(letters) > 1 and all(_LONE.fullmatch(letter) for letter in letters)
        if chained and shape and shape[0] == "()" and len(shape[1]) == len(letters):
            one, two = [value] * len(letters), shape[1]
            one, two = (one, two) if chain is gold else (two, one)
            return _aligned(one, two, ask).taking("brackets")
    return None


def _one_value(sides: Sequence[str]) -> bool:
    """Whether a chain like m+n=71+42=113 only says how its last side came about."""
    last, steps = sides[-1], list(sides[:-1])
    if len(steps) > 1 and not any(map(str.isdigit, steps[0])):
        del steps[0]
    if not steps or any(_LETTERED.search(_COMMAND.sub("", side)) for side in (*steps, last)):
        return False
    return all(decide(last, step, None).relation == "same" for step in steps)


def _structure(gold: str, given: str, ask: Ask | None) -> Decision | None:
    one, other = shape_of(gold), shape_of(given)
    if one is None and other is None:
        return None
    if one is None or other is None or one[0] != other[0]:
        return _unlike(gold, given, one, other, ask)
    if len(one[1]) != len(other[1]) and one[0] == "{}":
        one, other = ("{}", _distinct(one[1])), ("{}", _distinct(other[1]))
    if len(one[1]) != len(other[1]):
        return Decision("different", "exact", f"{len(other[1])} parts against {len(one[1])}")
    if decision := _by_name(one, other, ask):
        return decision
    if one[0] not in ("list", "{}", "union") or len(one[1]) > MAX_PARTS:
        return _aligned(one[1], other[1], ask)
    decision, kept = _matched(one[1], other[1], ask)
    return decision.taking("order" if one[0] == "list" and not kept else None)


def _by_name(one: Shape, other: Shape, ask: Ask | None) -> Decision | None:
    """A=(1,2), B=(3,4): each name with its own value."""
    pairs = [dict(part.split("=", 1) for part in shape[1] if "=" in part) for shape in (one, other)]
    if pairs[0].keys() != pairs[1].keys() or not len(pairs[0]) == len(one[1]) == len(other[1]) > 1:
        return None
    if not all(_LABEL.fullmatch(name) for name in pairs[0]):
        return None
    return _aligned(list(pairs[0].values()), [pairs[1][name] for name in pairs[0]], ask)


def _distinct(parts: Sequence[str]) -> list[str]:
    """A set without what it says twice."""
    kept: list[str] = []
    for part in parts[:MAX_PARTS]:
        if not any(decide(part, other, None).relation == "same" for other in kept):
            kept.append(part)
    return [*kept, *parts[MAX_PARTS:]]


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
        if "\\emptyset" in (single[1] if single else ()):
            continue
        if "" in kinds and single and len(single[1]) == 1 and single[0] in ("()", "{}"):
            sides = (single[1][0], text) if single is one else (text, single[1][0])
            return decide(*sides, ask).taking("brackets")
    if other and other[0] == "list" and one is None and _repeated(other[1]):
        return decide(gold, other[1][0], ask)
    if components := vectors.aligned(gold, given):
        return _aligned(*components, ask).taking("brackets")
    if plain := vectors.determinants(gold, given):
        return decide(*plain, ask)
    rows = [shape if shape and shape[0] != "[]" else _rows(shape) for shape in (one, other)]
    if rows[0] and rows[1] and "[]" in kinds and rows[0][0] == rows[1][0]:
        return _aligned(rows[0][1], rows[1][1], ask).taking("brackets")
    if sum(kind.startswith("pmatrix") for kind in kinds) == 1:
        return Decision("unclear", "exact", "a matrix against something else")
    if "union" in kinds or _RELATION.search(gold) or _RELATION.search(given):
        return None
    return Decision("different", "exact", "another kind of brackets")


def _repeated(parts: Sequence[str]) -> bool:
    """Whether a list says one value in several ways: 1/2 or 0.5."""
    return (
        all(decide(parts[0], part, None).relation == "same" for part in parts[1:4])
        and len(parts) < 5
    )


def _rows(shape: Shape | None) -> Shape | None:
    """[[1,2],[3,4]] as the matrix it is."""
    rows = [shape_of(part) for part in shape[1]] if shape and shape[0] == "[]" else []
    if not rows or any(row is None or row[0] != "[]" for row in rows):
        return None
    cells = [row[1] for row in rows if row]
    return f"pmatrix {[len(row) for row in cells]}", [cell for row in cells for cell in row]


def _aligned(gold: Sequence[str], given: Sequence[str], ask: Ask | None) -> Decision:
    """Part by part; the first difference decides, since no other part can mend it."""
    weakest = Decision("same", "string", "same part by part")
    for one, other in zip(gold, given, strict=True):
        decision = decide(one, other, ask)
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
            decision = decide(one, other, ask)
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
    piecewise.rule,
    words.date,
    _range,
    words.text,
    _numbers,
    _all_equal,
    _equation,
    _structure,
    algebra.relations,
    algebra.values,
)
