r"""Single values, equations and inequalities: the numeric tier, then math-verify.

An equation is its zero set: two are the same when their left minus right are proportional, and
different when a point of one is not on the other. An inequality also keeps its direction.
"""

import re

from factory.verifiers import Tier
from factory.verifiers.maths import exact, numeric
from factory.verifiers.maths.decision import Answered, Ask, Decision

_SIGN = re.compile(r"(<|>|=|\\(?:le|ge|ne)(?![a-zA-Z]))")
_LOG = re.compile(r"\\log(?![a-z_])(?! _)")
_BOUND = re.compile(r"_\{[^{}]*\}")  # k=1 under a sum is no equation
_MIRRORED = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le", "=": "=", "\\ne": "\\ne"}


def values(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """Two expressions, evaluated by ourselves at the same points."""
    if any(_SIGN.search(_BOUND.sub("", side)) for side in (gold, given)):
        return None
    try:
        same = numeric.alike(gold, given)
        if not same and (near := _as_decimal(gold, given)) is not None:
            return _near(near, "numeric", "a decimal and a value")
    except numeric.Unreadable:
        return None
    if same is None:
        return None
    decision = Decision("same" if same else "different", "numeric", "evaluated at fixed points")
    bare = [bool(_LOG.search(side)) for side in (gold, given)]
    return decision.taking("base" if same and bare[0] != bare[1] else None)


def _near(near: bool, tier: Tier, reason: str) -> Decision:
    decision = Decision("same" if near else "different", tier, reason)
    return decision.taking("rounding") if near else decision


def _as_decimal(gold: str, given: str) -> bool | None:
    """The rounding rule, where one side is a decimal and the other an irrational number."""
    one, other = exact.parse(gold), exact.parse(given)
    if not any(number and number.ulp for number in (one, other)):
        return None
    found = [number or _irrational(text) for number, text in ((one, gold), (other, given))]
    return exact.same(found[0], found[1]) if found[0] and found[1] else None


def _irrational(text: str) -> exact.Number | None:
    value = numeric.value_of(text)
    return None if value is None else exact.Number(value, endless=True)


def relations(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """Two equations or two inequalities."""
    one, other = _relation(gold), _relation(given)
    if one is None or other is None:
        return None
    if {one[1], other[1]} not in ({"="}, {"\\ne"}) and "=" in (one[1], other[1]):
        return Decision("different", "numeric", "an equation against an inequality")
    try:
        sign = numeric.proportional((one[0], one[2]), (other[0], other[2]))
        if sign:
            kept = one[1] == (other[1] if sign > 0 else _MIRRORED[other[1]])
            return Decision("same" if kept else "different", "numeric", "proportional relations")
        if sign is None or "=" not in (one[1], other[1]):
            return None
        apart = numeric.solves((one[0], one[2]), (other[0], other[2])) is False
        return (
            Decision("different", "numeric", "a point of one is not on the other")
            if apart
            else None
        )
    except numeric.Unreadable:
        return None


def related(gold: str, given: str) -> bool:
    """Whether both are single relations."""
    return _relation(gold) is not None and _relation(given) is not None


def _relation(text: str) -> tuple[str, str, str] | None:
    parts = _SIGN.split(text)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def symbolic(gold: str, given: str, ask: Ask | None) -> Decision:
    """The worker's answer, or open without one."""
    if ask is None:
        return Decision("open", "symbolic", "left to math-verify")
    answered = ask(gold, given)
    if (
        answered.gold
        and answered.given
        and (near := _as_decimals(gold, given, answered)) is not None
    ):
        return _near(near, "symbolic", "compared as a decimal and a value")
    told = {"bad_gold": "cannot read the gold answer", "unclear": "cannot read the given answer"}
    reason = f"math-verify {told.get(answered.relation, f'and numeric check: {answered.relation}')}"
    return Decision(answered.relation, "symbolic", reason)


def _as_decimals(gold: str, given: str, answered: Answered) -> bool | None:
    """The rounding rule, for a value that only the worker could evaluate."""
    one, other = exact.parse(gold), exact.parse(given)
    if not any(number and number.ulp for number in (one, other)):
        return None
    found = (exact.irrational(answered.gold or ""), exact.irrational(answered.given or ""))
    return exact.same(one or found[0], other or found[1])
