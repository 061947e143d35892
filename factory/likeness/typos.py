"""Misspelt words: two texts with their words spelt alike."""

from functools import cache

from factory.likeness import tables
from factory.likeness import tokens as tk
from factory.likeness.facts import Facts, Reading, excludes, facts, pivots

SHORTEST, LONGEST = 4, 40  # letters of a word that is looked at
LONG = 7  # letters of a word that is hardly one letter away from another
# Slips: a letter doubled, or two exchanged; one too few or too many; another one.
DOUBLED, MISSED, OTHER = 1, 2, 3
NONE, LITTLE, MUCH, ALL = range(4)  # what a word decides: nothing, wording, what is meant, numbers
MANY = 200  # words that only one of two texts has: they are not misspelt, but another text


def mended(one: Facts, other: Facts) -> tuple[Facts, Facts]:
    """Both, each word that only one of them has spelt as the word that was meant."""
    spelt = _spelt(one, other)
    return _respelt(one, other, spelt), _respelt(other, one, spelt)


def _spelt(one: Facts, other: Facts) -> dict[str, str]:
    """A misspelt word -> what was meant, by the words of both texts.

    A word of `words`, and one that both texts have, is right. Of two others the first is: what
    counts is that both texts come to the same.
    """
    every = {word for word in one.spelled | other.spelled if SHORTEST <= len(word) <= LONGEST}
    both = one.spelled.keys() & other.spelled.keys()
    weight = {w: max(_weight(one, w), _weight(other, w)) for w in every}
    right = {w for w in every if w in both or weight[w]}
    sense = {w: text.reading.sense[at] for text in (one, other) for w, at in text.spelled.items()}
    spelt: dict[str, str] = {}
    if len(every) - len(right) > MANY:
        return spelt
    for word in sorted(every - right):
        near = [
            w
            for w in every
            if (w in right or w < word) and meant(word, w, weight[w]) and sense[w] != sense[word]
        ]
        if near:
            best = min(near, key=lambda w: (w not in right, len(w) == len(word), w))
            spelt[word] = spelt.get(best, best)
    return spelt


def meant(word: str, right: str, weight: int) -> bool:
    """Whether one slip of the fingers makes `word` of `right`; `weight` is what `right` decides.

    The more it decides, the surer the slip has to be: thirsty is not thirty, nor an event even.
    Letters that changed places and doubled letters are sure, and so is much in a long word. The
    first letter is always right.
    """
    kind = slip(word, right)
    if kind == DOUBLED or weight == NONE:
        return bool(kind)
    least = {LITTLE: 5, MUCH: 6, ALL: LONGEST + 1}[weight]
    return bool(kind) and len(right) >= (least if kind == MISSED else max(least, LONG))


def slip(word: str, right: str) -> int:
    """What one slip of the fingers makes `word` of `right`; 0 where none does."""
    if word[0] != right[0] or abs(len(word) - len(right)) > 1 or word == right:
        return 0
    at = next((k for k, (a, b) in enumerate(zip(word, right, strict=False)) if a != b), -1)
    at = min(len(word), len(right)) if at < 0 else at
    x, y = word[at:], right[at:]
    if len(x) != len(y):
        long, short = (x, y) if len(x) > len(y) else (y, x)
        if long[1:] != short:
            return 0
        return DOUBLED if long[0] == word[at - 1] else MISSED
    if x[:2] == y[1::-1] and x[2:] == y[2:]:
        return DOUBLED
    return OTHER if x[1:] == y[1:] and len(word) > SHORTEST else 0


def _weight(told: Facts, word: str) -> int:
    """What a word of a text decides."""
    at = told.spelled.get(word)
    if at is None:
        return NONE
    reading = told.reading
    if reading.kind[at] not in (tk.WORD, tk.BLANK, tk.OPERATOR):
        return ALL
    if reading.kind[at] == tk.OPERATOR or excludes(reading.sense[at]):
        return MUCH
    known = reading.sense[at] in _meanings() or reading.text[at] in pivots()
    return LITTLE if known or reading.kind[at] == tk.BLANK else NONE


@cache
def _meanings() -> frozenset[int]:
    return frozenset(tables.meanings().values())


def _respelt(one: Facts, other: Facts, spelt: dict[str, str]) -> Facts:
    """The facts of `one` with its misspelt words as they are meant."""
    wrong = [at for at, word in enumerate(one.reading.spelled) if word in spelt]
    if not wrong:
        return one
    text, sense, kind = list(one.reading.text), list(one.reading.sense), list(one.reading.kind)
    spelled = list(one.reading.spelled)
    for at in wrong:
        spelled[at] = right = spelt[spelled[at]]
        source, place = _token(one, other, right)
        text[at], sense[at], kind[at] = source.text[place], source.sense[place], source.kind[place]
    return facts(one.reading._replace(text=text, sense=sense, kind=kind, spelled=spelled))


def _token(one: Facts, other: Facts, word: str) -> tuple[Reading, int]:
    """A reading that has the word, and where; the same one, whichever text comes first."""
    told = [text for text in (one, other) if word in text.spelled]
    places = [(text.reading, text.spelled[word]) for text in told]
    return min(places, key=lambda place: place[0].text[place[1]])
