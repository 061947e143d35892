"""Answers that are no mathematics: choice letters, words, clock times, ratios."""

import re
from fractions import Fraction

from factory.verifiers.maths import exact
from factory.verifiers.maths.decision import Ask, Decision

_LETTER = re.compile(r"(?:(?:option|choice|answer) ?)?\(?([A-J])\)?", re.IGNORECASE)
_LETTERED = re.compile(r"(?:(?:option|choice) ?)?(?:\(([A-J])\)|([A-J])[.:)]) ?(.+)")
_WORDS = re.compile(r"[A-Za-z][a-z]+[A-Za-z ',.-]{0,200}|[A-Z][A-Z '.-]{1,60}")
_SHORT = frozenset(
    [
        "yes", "no", "odd", "even", "red", "one", "two", "all", "any", "both", "blue", "true",
        "none", "max", "min", "sun", "mon", "tue", "wed", "thu", "fri", "sat", "ann", "bob",
        "amy", "tom", "sam", "joe", "jim", "dan", "ben", "mia", "eve", "kim", "zoe", "may",
        "june", "july", "north", "east", "west", "up", "down",
    ]
)  # fmt: skip
_LITTLE = frozenset(["a", "an", "the", "it", "is", "are", "there", "they", "be"])
_VERB = re.compile(
    r"(?:has (?:a|the) winning strategy|wins|will win|can (?:always )?win|always wins|does"
    r"|is (?:the winner|right|correct|the answer))"
    r"(?!.*\b(?:not?|never|but|or|and|if|unless|when|t)\b)"
)
_DATE = re.compile(r"\\date\\\{(\d{1,4}),(\d{1,2}),(\d{1,2})\\\}")
_POLAR = {"yes": "no", "no": "yes", "true": "false", "false": "true"}
_TURNS = frozenset(["but", "unless", "wrong", "if"])
_BUTS = {
    **dict.fromkeys(("yes", "true"), _TURNS | {"not", "never", "t", "incorrect", "false"}),
    **dict.fromkeys(("no", "false"), _TURNS | {"yes", "true"}),
}
_TICKED = re.compile(
    r"[A-H]{2,6}|[A-H](?: ?(?:,|and|,? ?and) ?[A-H]){1,5}"
    r"|[IVX]{1,4}(?: ?(?:,|and|,? ?and) ?[IVX]{1,4}){1,5}"
)
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?:([ap])[m.]{0,3})?")  # some golds lost their m
_RATIO = re.compile(r"\d{1,12}(?:\.\d{1,9})?(?::\d{1,12}(?:\.\d{1,9})?){1,4}")

_TEXT_OF_CHOICE = Decision("same", "string", "the text of the choice", frozenset({"choice"}))


def choice(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """A letter against a letter, bare or before its text; against a mere text it is unclear."""
    letter = _LETTER.fullmatch(gold) or _LETTERED.fullmatch(gold)
    if not letter or (letter[1] or letter[2]).islower():
        return _unlettered(gold, given)
    other = _LETTER.fullmatch(given) or _LETTERED.match(given)
    if other:
        one, two = ((found[1] or found[2]).upper() for found in (letter, other))
        return Decision("same" if one == two else "different", "string", "choice letters compared")
    if (letter.lastindex or 0) > 2:
        same = _letters(letter[3]) == _letters(given) != ""
        return _TEXT_OF_CHOICE if same else None
    if "(" in gold or exact.parse(given) or _WORDS.fullmatch(given):
        return Decision("unclear", "string", "a choice letter against text needs the choices")
    return None


def _unlettered(gold: str, given: str) -> Decision | None:
    """The gold is a text, and what was given is that text behind a letter."""
    lettered = _LETTERED.fullmatch(given)
    if lettered and _WORDS.fullmatch(gold) and _letters(lettered[3]) == _letters(gold) != "":
        return _TEXT_OF_CHOICE
    return None


def ticked(answer: str) -> list[str]:
    """The letters of ABD, of A, B, D, and of I and III; none where it is no such list."""
    if not _TICKED.fullmatch(answer):
        return []
    return re.findall(r"[A-H]|[IVX]+" if "I" in answer else "[A-H]", answer)


def text(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """Words against words, without case."""
    one, other = _letters(gold), _letters(given)
    worded = [bool(_WORDS.fullmatch(side)) for side in (gold, given)]
    if all(worded) and one == other:
        return Decision("same", "string", "same words")
    if not worded[0] or not _wordy(one):
        if worded[1] and _wordy(other):
            return Decision("unclear", "string", "words against mathematics")
        return None
    if worded[1] and sorted(one) == sorted(other) and " " not in one:
        return None  # abc and cba may be products
    said = set(other.split())
    if one in _POLAR and other.startswith(one + " ") and not said & {_POLAR[one], *_BUTS[one]}:
        words = "begins with the gold word, and never takes it back"
        return Decision("same", "string", words, frozenset({"words"}))
    if _bare(one) == _bare(other) != "":
        return Decision("same", "string", "the same words but for articles", frozenset({"words"}))
    name = gold[:1].isupper() and " " not in one
    if name and other.startswith(f"{one} ") and _VERB.match(other[len(one) + 1 :]):
        return Decision("same", "string", "a sentence about the gold word", frozenset({"words"}))
    if f" {one} " in f" {other} ":
        return Decision("unclear", "string", "the gold words among others")
    if f" {other} " in f" {one} " or (len(other) > 5 and one[:6] == other[:6]):
        return Decision("unclear", "string", "some of the gold words")
    return Decision("different", "string", "different words")


def _bare(words: str) -> str:
    return " ".join(word for word in words.split() if word not in _LITTLE)


def date(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """July 4, 1776 and 4 July 1776."""
    one, other = _DATE.fullmatch(gold), _DATE.fullmatch(given)
    if not one or not other:
        return None
    return Decision("same" if one.groups() == other.groups() else "different", "exact", "dates")


def _wordy(words: str) -> bool:
    """Whether this is a word rather than a product of letters."""
    vowels = re.search("[aeiouy]", words)
    return bool(vowels) and (len(words) > 3 or words in _SHORT)


def _letters(words: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", words.casefold()))


def clock(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """4:30pm, 16:30 and 4:30, where the half of the day is written or not."""
    one, other = _CLOCK.fullmatch(gold), _CLOCK.fullmatch(given)
    if not one or not other:
        return None
    minutes = [_minutes(found) for found in (one, other)]
    half = bool(one[3]) and bool(other[3])
    if half or max(int(one[1]), int(other[1])) > 12:
        same = minutes[0] == minutes[1]
        return Decision("same" if same else "different", "exact", "clock times")
    same = minutes[0] % 720 == minutes[1] % 720
    decision = Decision("same" if same else "different", "exact", "clock times")
    return decision.taking("time" if same and one[3] != other[3] else None)


def _minutes(found: re.Match[str]) -> int:
    hour = int(found[1]) % 12 if found[3] else int(found[1])
    return (hour + 12 * (found[3] == "p")) * 60 + int(found[2])


def ratio(gold: str, given: str, _ask: Ask | None) -> Decision | None:
    """3:4 against 6:8, or against the fraction 3/4."""
    if not _RATIO.fullmatch(gold):
        return None
    parts = [Fraction(part) for part in gold.split(":")]
    if _RATIO.fullmatch(given):
        others = [Fraction(part) for part in given.split(":")]
        same = len(parts) == len(others) and all(
            parts[0] * other == others[0] * part for part, other in zip(parts, others, strict=True)
        )
        return Decision("same" if same else "different", "exact", "ratios")
    value = exact.parse(given)
    if value is None or len(parts) != 2 or not parts[1]:
        return None
    if value.value != parts[0] / parts[1]:
        return Decision("different", "exact", "a ratio and its value")
    return Decision("same", "exact", "a ratio and its value", frozenset({"ratio"}))
