"""Two forms -> same, different, unclear, or open (only the worker can tell): units, then texts."""

import re

from factory.verifiers import Flag
from factory.verifiers.maths import exact, families, naming, numeric, texts, units
from factory.verifiers.maths.canonical import Form
from factory.verifiers.maths.decision import Ask, Decision
from factory.verifiers.maths.shape import depth_of, outermost

MAX_DEPTH = 40
_K, _N = (re.compile(rf"(?<![\\a-zA-Z])[{letters}](?![a-zA-Z])") for letters in ("k", "nm"))


def decide(gold: Form, given: Form, ask: Ask | None = None) -> Decision:
    """How `given` relates to `gold`; without `ask` the relation may be open."""
    if units.conflict(gold.unit, given.unit):
        return _converted(gold, given)
    if gold.text != given.text and max(depth_of(gold.text), depth_of(given.text)) > MAX_DEPTH:
        return Decision("unclear", "string", f"brackets nest deeper than {MAX_DEPTH}")
    numeric.allot()
    sides = _measured(gold, given)
    if any(map(naming.based, sides)) and gold.unit != given.unit:
        return Decision("unclear", "string", "a base subscript against a unit")
    conditions = {gold.condition, given.condition} - {""}
    if len(conditions) > 1:
        return Decision("unclear", "string", "each holds under a condition of its own")
    whole = "Z" in conditions or "mod" in gold.unit + given.unit
    known = (
        families.told(*sides, whole=whole, real="R" in conditions)
        if "N" not in conditions
        else None
    )
    decision = known or texts.decide(*sides, ask)
    more = gold.worded != given.worded or (gold.condition != given.condition and not whole)
    return decision.taking(_set_aside(gold.unit, given.unit), "words" if more else None)


def _set_aside(gold: str, given: str) -> Flag | None:
    """The liberty taken where one side has a unit that the other has not."""
    if gold == given:
        return None
    return "percent" if "percent" in (gold, given) else "units"


def _converted(gold: Form, given: Form) -> Decision:
    """Two known units: 2 h is 120 min, but 5 cm against 5 m needs more than the number."""
    sizes = units.sizes(gold.unit, given.unit)
    values = exact.parse(gold.text), exact.parse(given.text)
    told = f"unit {given.unit} against {gold.unit}"
    one, other = values
    if not sizes or not one or not other or exact.same(one, other):
        return Decision("unclear", "string", told)
    if exact.same(one.times(sizes[0]), other.times(sizes[1])):
        return Decision("same", "exact", told, frozenset({"units"}))
    return Decision("different", "exact", told)


def _measured(gold: Form, given: Form) -> tuple[str, str]:
    """Degrees in radians where the other side is; a stuck "m" is a unit; n\\pi is k\\pi."""
    sides = [gold.text, given.text]
    for at, (one, other) in enumerate(((gold, given), (given, gold))):
        if one.unit == "degree" and "\\pi" in other.text and not other.unit:
            parts = outermost(one.text, ",")
            sides[at] = ",".join(rf"({part})\cdot\pi/180" for part in parts)
        if one.unit.startswith("mod ") and (other.unit == one.unit or _K.search(other.text)):
            sides[at] = f"{one.text}+{one.unit[4:]}k"
        if other.unit and not one.unit and one.text.endswith(other.unit):
            bare = one.text.removesuffix(other.unit).strip()
            sides[at] = bare if exact.parse(bare) else one.text
        if "\\pi" in one.text and _K.search(other.text) and not _K.search(one.text):
            sides[at] = _N.sub("k", one.text)
    return sides[0], sides[1]
