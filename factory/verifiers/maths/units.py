r"""Units: what may stand behind (or, for money, before) a value without being part of it.

A unit is words inside \text{} and its kin behind a value, or plain words behind a number. Units are
only compared where both are known; an unknown word ("18 eggs") is set aside.
"""

import re

_SPELLINGS = """
dollar dollars usd bucks \\dollar | cent cents | euro euros | pound pounds lb lbs | ounce ounces oz
mm millimeter millimeters | cm centimeter centimeters centimetre centimetres | mile/h mph
m meter meters metre metres | km kilometer kilometers kilometre kilometres | in inch inches
ft foot feet | yd yard yards | mile miles mi | s sec second seconds | min mins minute minutes
h hr hrs hour hours | N newton newtons | J joule joules | W watt watts | Hz hertz | mol moles
Pa pascal pascals | V volt volts | yuan 元 rmb | rupee rupees rs inr
day days | week weeks | month months | year years | g gram grams
kg kilogram kilograms | l liter liters litre litres | ml milliliter milliliters
degree degrees | radian radians | percent | unit units
"""
KNOWN = {
    word: group.split()[0]
    for line in _SPELLINGS.strip().splitlines()
    for group in line.split("|")
    for word in group.split()
}
_NAMES = frozenset(KNOWN.values())
_VAGUE = frozenset({"unit", "degree", "percent"})  # said of bare numbers, so never a contradiction
_FILLERS = frozenset(
    [
        "square", "sq", "cubic", "cu", "per", "a", "an", "old", "of", "each", "the", "total",
        "more", "left", "in", "us",
    ]
)  # fmt: skip
_LETTERS = frozenset("mshglLNJWV")  # units of one letter, after a space or in a quotient
_WRAPPED = re.compile(
    r"\\(?:text|mbox|textrm|textnormal|textbf|mathrm|hbox)\s?\{([^{}^]*)(?:\^\{?[23]\}?)?\s?\}\s?"
    r"(?:\^ ?\{? ?[23] ?\}?)?[ .]*"
)
_CHINESE = re.compile(r"(?<=[\d)}.]) ?([\u4e00-\u9fff]{1,12})[ .]*")
_BEFORE = re.compile(
    r"(-?) ?(?:US|usd|USD|A|C)? ?(?:\\dollar|\\mathdollar|\\textdollar|USD|€|£|¥|₹|Rs\.?|RMB"
    r"|\\text ?\{ ?(?:\\dollar|USD) ?\}|\\pounds|\\euro) ?(?=[-\d.])"
)
_AFTER = re.compile(
    r"(?<=\d) ?(?:\\dollar|€|£|¥|₹|\\euro|(?:\\(?:text|mathrm) ?\{k\})?\\Omega)[ .]*"
)
_SEQUENCE = re.compile(
    r"(?:\\(?:text|mathrm|mbox|rm) ?\{((?:[^{}]|\{[^{}]*\})*)\}(?: ?\^ ?\{? ?-?\d ?\}?)?[ .]*){1,4}"
)
_MODULUS = re.compile(
    r"(?:[a-zA-Z] ?\\equiv ?)?([^=]{1,60}?) ?,? ?\(? ?"
    r"\\?(?:text ?\{ ?)?(?:bmod|pmod|mod) ?\}? ?\{? ?(\d{1,9}) ?\}? ?\)?"
)
_PLAIN = re.compile(r"(?<=[\d)}.])( ?[A-Za-z][A-Za-z /.]{0,60})(?:\^ ?\{? ?[23] ?\}?)?[ .]*")
_NOT_UNITS = frozenset(
    (
        "pi",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "log",
        "ln",
        "and",
        "or",
        "mod",
        "if",
        "for",
        "times",
        "i",
        "e",
        "base",
        "to",
        "exp",
        "k",
        "n",
        "x",
        "y",
        "where",
        "choose",
    )
)
_MULTIPLIERS = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_TAIL = 80  # a unit longer than this is a sentence


def split(text: str) -> tuple[str, str]:
    """(value text, unit); the unit is "" where there is none."""
    if modulus := _MODULUS.fullmatch(text):
        return modulus[1].strip(), f"mod {modulus[2]}"
    value, words = _behind(text)
    value = value.strip()
    unit = _named(words)
    if money := _BEFORE.match(value):
        value, unit = money[1] + value[money.end() :], "dollar" if "dollar" in money[0] else ""
    elif (money := _AFTER.search(value)) and money.end() == len(value):
        value = value[: money.start()]
    value = value.replace("\\dollar", "").strip()
    for word in words.split():
        if word in _MULTIPLIERS:
            return rf"{value}\cdot 10^{{{_MULTIPLIERS[word]}}}", unit
    return value, unit


def conflict(one: str, other: str) -> bool:
    """Whether both units are known and differ: 5 cm against 5 m needs more than the number."""
    if one.startswith("mod ") and other.startswith("mod "):
        return one != other
    known = all(part in _NAMES for unit in (one, other) for part in unit.split("/"))
    return known and one != other and not _VAGUE & {one, other} and "/" not in one + other


def _behind(text: str) -> tuple[str, str]:
    start = max(0, len(text) - _TAIL)
    for pattern in (_WRAPPED, _SEQUENCE, _PLAIN, _CHINESE):
        for found in pattern.finditer(text, start):
            value, words = text[: found.start()], found[1].strip(" ~")
            if (
                found.end() == len(text)
                and _is_value(value)
                and (pattern is _CHINESE or _is_unit(found[1], pattern in (_WRAPPED, _SEQUENCE)))
            ):
                return value, words.casefold()
    return text, ""


def _is_value(text: str) -> bool:
    text = text.rstrip()
    return (
        bool(text) and (text[-1].isalnum() or text[-1] in ")}].") and any(c.isdigit() for c in text)
    )


def _is_unit(words: str, wrapped: bool) -> bool:
    parts = words.replace("/", " ").replace(".", " ").split()
    if not parts or _NOT_UNITS & {*parts, *map(str.lower, filter(_long, parts))}:
        return False
    spaced = wrapped or words.startswith(" ") or "/" in words
    return all(_unit_word(part, spaced) or part in _FILLERS or wrapped for part in parts)


def _long(word: str) -> bool:
    return len(word) > 1


def _unit_word(word: str, spaced: bool) -> bool:
    known = word in KNOWN or word.casefold() in KNOWN
    return len(word) > 3 or (len(word) > 1 and known) or (spaced and word in _LETTERS)


def _named(words: str) -> str:
    """The thing counted: "eggs per day" is eggs/day, and "million dollars" are dollars."""
    return "/".join(filter(None, map(_thing, re.split(r" ?/ ?|\bper\b", words))))


def _thing(words: str) -> str:
    for word in re.split(r"[ .,]+", words):
        if word and word not in _FILLERS and word not in _MULTIPLIERS:
            return KNOWN.get(word, word)
    return ""
