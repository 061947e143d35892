"""Misspelt words: two texts with their words spelt alike."""

from functools import cache

from factory.likeness import tables, words
from factory.likeness import tokens as tk
from factory.likeness.facts import Facts, Reading, excludes, facts, pivots

SHORTEST, LONGEST = 4, 40  # letters of a word that is looked at
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
    right = {w for w in every if w in both or _known(one, w) or _known(other, w)}
    spelt: dict[str, str] = {}
    if len(every) - len(right) > MANY:
        return spelt
    for word in sorted(every - right):
        near = [w for w in every if (w in right or w < word) and slip_away(word, w)]
        if near:
            meant = min(near, key=lambda w: (w not in right, len(w) == len(word), w))
            spelt[word] = spelt.get(meant, meant)
    return spelt


def slip_away(one: str, other: str) -> bool:
    """Whether one slip of the fingers makes a word of the other.

    A letter too many or too few, two that changed places; another letter only in words longer than
    SHORTEST: too many short ones differ in one.
    """
    if abs(len(one) - len(other)) > 1 or (one[:2] != other[:2] and one[-2:] != other[-2:]):
        return False
    at = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None:
        return one != other
    x, y = one[at:], other[at:]
    if len(x) != len(y):
        return x[1:] == y or x == y[1:]
    swapped = x[:2] == y[1::-1] and x[2:] == y[2:]
    return swapped or (x[1:] == y[1:] and len(one) > SHORTEST)


def _known(told: Facts, word: str) -> bool:
    """Whether a text has the word and the tables know it: then it is none of a slip's making."""
    at = told.spelled.get(word)
    if at is None:
        return False
    reading = told.reading
    sense, text = reading.sense[at], reading.text[at]
    return (
        reading.kind[at] != tk.WORD or sense in _meanings() or excludes(sense) or text in pivots()
    )


@cache
def _meanings() -> frozenset[int]:
    lines = words.SAME.strip().splitlines()
    return frozenset(tables.fnv("~" + line.split()[0]) for line in lines)


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
