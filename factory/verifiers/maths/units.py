r"""Units: what may stand behind (or, for money, before) a value without being part of it.

A unit is words inside \text{} and its kin behind a value, or plain words behind a number. Units are
only compared where both are known; an unknown word ("18 eggs") is set aside.
"""

import re
from fractions import Fraction

_SPELLINGS = """
dollar dollars usd bucks \\dollar | cent cents | euro euros | pound pounds lb lbs | ounce ounces oz
mm millimeter millimeters | cm centimeter centimeters centimetre centimetres | mile/h mph
m meter meters metre metres | km kilometer kilometers kilometre kilometres | in inch inches
ft foot feet | yd yard yards | mile miles mi | s sec second seconds | min mins minute minutes
h hr hrs hour hours | N newton newtons | J joule joules | W watt watts | Hz hertz | mol moles
Pa pascal pascals | V volt volts | yuan 元 rmb | rupee rupees rs inr
eV electronvolt electronvolts | keV | MeV | GeV | nm nanometer nanometers | kHz | MHz | GHz
ms millisecond milliseconds | kPa kilopascal | atm atmosphere atmospheres | kJ kilojoules
cal calories | kcal | mL | mg milligrams milligram | kW kilowatts | MW | pc parsec parsecs
Å angstrom angstroms
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
_SIZES = {  # unit: what it measures, in what, how many of them
    name: (what, Fraction(size))
    for what, row in {
        "length": "mm 1/1000 cm 1/100 m 1 km 1000",
        "feet": "in 1/12 ft 1 yd 3 mile 5280",
        "mass": "mg 1/1000000 g 1/1000 kg 1",
        "pounds": "ounce 1/16 pound 1",
        "time": "ms 1/1000 s 1 min 60 h 3600 day 86400 week 604800",
        "years": "month 1 year 12",
        "money": "cent 1/100 dollar 1",
        "volume": "ml 1/1000 l 1",
        "energy": "J 1 kJ 1000",
        "power": "W 1 kW 1000 MW 1000000",
        "pressure": "Pa 1 kPa 1000",
        "frequency": "Hz 1 kHz 1000 MHz 1000000 GHz 1000000000",
        "electronvolts": "eV 1 keV 1000 MeV 1000000 GeV 1000000000",
    }.items()
    for name, size in zip(row.split()[::2], row.split()[1::2], strict=True)
}
KNOWN |= {word.casefold(): name for word, name in KNOWN.items() if len(word) > 1}
_NAMES = frozenset(KNOWN.values())
_VAGUE = frozenset({"unit", "percent"})  # said of bare numbers, so never a contradiction
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
_WORD = r"\\(?:text|mathrm|mbox|rm|textrm) ?\{((?:[^{}]|\{[^{}]*\})*)\}(?: ?\^ ?\{? ?-?\d ?\}?)?"
_EXPONENT = re.compile(r"\^ ?\{? ?([23]) ?\}?[^^]*$")
_SQUARE, _CUBIC = re.compile(r"\b(?:square|sq)\b"), re.compile(r"\b(?:cubic|cu)\b")
_DRESS = re.compile(r"\\(?:text|mathrm|mbox|textrm|rm)(?![a-z])|[{}~]|\\[ ,;:]")
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) {0,3}([A-Za-z]{1,12})")
_AMOUNTS = re.compile(
    r" {0,3}\d{1,9}(?:\.\d{1,9})? {0,3}[A-Za-z]{1,12}(?: {0,3}(?:,|and|, ?and)? {0,3}"
    r"\d{1,9}(?:\.\d{1,9})? {0,3}[A-Za-z]{1,12}){1,3}[ .]{0,3}"
)
_SEQUENCE = re.compile(
    rf"(?:{_WORD}[ .~]*(?:\\cdot|\\times|/)?[ ~]*){{1,4}}"
    rf"|\\frac ?\{{ ?{_WORD} ?\}} ?\{{ ?{_WORD}(?:[ ~]*(?:\\cdot)?[ ~]*{_WORD})? ?\}}[ .]*"
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
    if whole := _compound(text):
        return whole
    value, words = _behind(text)
    value = value.strip()
    unit = _powered(_named(words), text[len(value) :])
    if money := _BEFORE.match(value):
        value, unit = money[1] + value[money.end() :], "dollar" if "dollar" in money[0] else ""
    elif (money := _AFTER.search(value)) and money.end() == len(value):
        value = value[: money.start()]
    value = value.replace("\\dollar", "").strip()
    for word in words.split():
        if word in _MULTIPLIERS:
            return rf"{value}\cdot 10^{{{_MULTIPLIERS[word]}}}", unit
    return value, unit


def sizes(one: str, other: str) -> tuple[Fraction, Fraction] | None:
    """How large two units are, in one they share; None where they measure different things."""
    (one, _, power), (other, _, second) = one.partition("^"), other.partition("^")
    same = power == second and one in _SIZES and other in _SIZES
    if not same or _SIZES[one][0] != _SIZES[other][0]:
        return None
    degree = int(power or 1)
    return _SIZES[one][1] ** degree, _SIZES[other][1] ** degree


def _compound(text: str) -> tuple[str, str] | None:
    """2 h 30 min as 150 min, 5 ft 3 in as 63 in."""
    plain = " ".join(_DRESS.sub(" ", text).split())
    found = _AMOUNT.findall(plain)
    if len(found) < 2 or not _AMOUNTS.fullmatch(plain):
        return None
    units = [KNOWN.get(word.casefold(), KNOWN.get(word, "")) for _, word in found]
    last = _SIZES.get(units[-1])
    if not last or any(_SIZES.get(unit, ("", 0))[0] != last[0] for unit in units):
        return None
    total = sum(Fraction(n) * _SIZES[unit][1] for (n, _), unit in zip(found, units, strict=True))
    value = total / last[1]
    return f"\\frac{{{value.numerator}}}{{{value.denominator}}}", units[-1]


def _powered(unit: str, behind: str) -> str:
    """m^2 of "m^2" and of "square m"."""
    if not unit or unit in ("percent", "degree"):
        return unit
    power = _EXPONENT.search(behind)
    named = 2 if _SQUARE.search(behind) else 3 if _CUBIC.search(behind) else 0
    degree = named or int(power[1] if power else 1)
    return f"{unit}^{degree}" if degree > 1 else unit


def conflict(one: str, other: str) -> bool:
    """Whether both units are known and differ: 5 cm against 5 m needs more than the number."""
    if one.startswith("mod ") and other.startswith("mod "):
        return one != other
    bare = [unit.partition("^")[0] for unit in (one, other)]
    known = all(part in _NAMES for unit in bare for part in unit.split("/"))
    quotients = ["/" in unit for unit in (one, other)]
    return known and one != other and not _VAGUE & set(bare) and quotients[0] == quotients[1]


def _behind(text: str) -> tuple[str, str]:
    start = max(0, len(text) - _TAIL)
    for pattern in (_WRAPPED, _SEQUENCE, _PLAIN, _CHINESE):
        for found in pattern.finditer(text, start):
            value, words = text[: found.start()], _last(found).strip(" ~")
            if (
                found.end() == len(text)
                and _is_value(value)
                and (
                    pattern is _CHINESE or _is_unit(_last(found), pattern in (_WRAPPED, _SEQUENCE))
                )
            ):
                return value, words.casefold()
    return text, ""


def _last(found: re.Match[str]) -> str:
    """The words of a unit; of a quotient its two parts."""
    parts = [group for group in found.groups() if group]
    return "/".join(parts[:2]) if "\\frac" in found[0] else (parts or [""])[-1]


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
