r"""Answers of letters and words: multiple choice, yes and no, short text, times, days."""

import random
from typing import Any

from tests.bench.metamorphic.kind import Kind

PLACES = ("Paris", "London", "Rome", "Madrid", "Vienna")


def choices(value: tuple[int, tuple[int, ...]]) -> list[str]:
    at, texts = value
    letter = "ABCDE"[at]
    return [
        letter, f"({letter})", f"\\text{{{letter}}}", f"\\text{{({letter})}}", f"\\textbf{{({letter})}}", f"{letter}.", f"\\mathrm{{({letter})}}", f"\\mathbf{{{letter}}}", f"({letter}) {texts[at]}",
        f"{letter}. {texts[at]}", f"{letter}) {texts[at]}", f"\\textbf{{({letter})}}\\ {texts[at]}", f"\\text{{({letter}) }}{texts[at]}", f"option {letter}", f"Option ({letter})", f"\\text{{Option {letter}}}",
        f"\\textbf{{({letter}) }}{texts[at]}", f"{letter}: {texts[at]}", f"{texts[at]}", f"\\textbf{{{letter}}}", f"\\mathrm{{{letter}}}", f"choice {letter}", f"\\text{{{letter}. }}{texts[at]}", f"{letter})",
    ]  # fmt: skip


def choice_golds(value: tuple[int, tuple[int, ...]]) -> list[str]:
    at, texts = value
    letter = "ABCDE"[at]
    return [
        letter,
        f"({letter})",
        f"\\text{{({letter})}}",
        f"{letter}",
        f"\\textbf{{({letter})}}",
        str(texts[at]),
    ]


def asked(value: tuple[int, tuple[int, ...]]) -> str:
    style = value[1][0] % 4
    if style == 0:
        return "Which? " + " ".join(f"({c}) {t}" for c, t in zip("ABCDE", value[1], strict=True))
    if style == 1:
        return "Which?\n" + "\n".join(f"{c}. {t}" for c, t in zip("ABCDE", value[1], strict=True))
    if style == 2:
        return "Which?\n" + "\n".join(f"{c}) {t}" for c, t in zip("ABCDE", value[1], strict=True))
    return (
        "Which? $"
        + " \\qquad ".join(
            f"\\textbf{{({c})}}\\ {t}" for c, t in zip("ABCDE", value[1], strict=True)
        )
        + "$"
    )


def blind_choices(value: int) -> list[str]:
    letter = "ABCDE"[value]
    return [
        letter,
        f"({letter})",
        f"\\text{{{letter}}}",
        f"\\text{{({letter})}}",
        f"\\textbf{{({letter})}}",
        f"{letter}.",
        f"({letter}) {PLACES[value]}",
        f"{letter}. {PLACES[value]}",
        f"\\mathrm{{{letter}}}",
        f"\\textbf{{{letter}}}",
        f"Option {letter}",
        f"{letter})",
    ]


def words(value: str) -> list[str]:
    return [
        value,
        value.lower(),
        value.upper(),
        value.capitalize(),
        f"\\text{{{value}}}",
        f"{value}.",
        f"\\textbf{{{value}}}",
        f"\\text{{ {value} }}",
        f"\\mathrm{{{value}}}",
        f"\\text{{{value}.}}",
        f"**{value}**",
        f'"{value}"',
        f"\\mbox{{{value}}}",
        f"\\textit{{{value}}}",
    ]


WORDS = (
    "Monday",
    "Tuesday",
    "Evelyn",
    "Bob",
    "even",
    "odd",
    "east",
    "north",
    "hyperbola",
    "ellipse",
    "parabola",
    "isosceles triangle",
    "rational",
    "convergent",
    "increasing",
    "red",
    "neither",
    "obtuse",
    "Thursday",
    "square",
)
TRUTHS = ("Yes", "No", "True", "False")


def near_word(pool: tuple[str, ...]) -> Any:
    return lambda value, rng: rng.sample([word for word in pool if word != value], 3)


def times(value: tuple[int, int, str]) -> list[str]:
    h, m, half = value
    clock, dotted = f"{h}:{m:02d}", f"{half[0]}.m."
    return [
        f"{clock} {dotted}", f"{clock} {half.upper()}", f"{clock} {half}", f"{clock}{half}", f"{clock}\\text{{ {dotted}}}", f"{clock} \\text{{ {half.upper()}}}", f"{clock}\\,\\text{{{dotted}}}", clock, f"{h:02d}:{m:02d} {half.upper()}",
        f"\\text{{{clock} {dotted}}}", f"\\text{{{clock} {half.upper()}}}", f"{clock} {dotted.upper()}", f"{clock}\\ \\mathrm{{{half}}}", f"{clock}~\\text{{{dotted}}}", f"{clock}\\mbox{{ {dotted}}}", f"{clock.replace(':', '：')} {half}",
    ]  # fmt: skip


def near_times(value: tuple[int, int, str], _rng: random.Random) -> list[Any]:
    h, m, half = value
    return [(h % 12 + 1, m, half), (h, (m + 10) % 60, half)]


def choice_value(rng: random.Random) -> tuple[int, tuple[int, ...]]:
    return rng.randrange(5), tuple(sorted(rng.sample(range(10, 400), 5)))


KINDS = (
    Kind("choice with question", choice_value, choices, lambda v, r: [(at, v[1]) for at in r.sample([i for i in range(5) if i != v[0]], 3)], golds=choice_golds, question=asked, boxed=True),
    Kind("choice", lambda r: r.randrange(5), blind_choices, lambda v, r: r.sample([i for i in range(5) if i != v], 3), golds=lambda v: blind_choices(v)[:5], boxed=True),
    Kind("truth", lambda r: r.choice(TRUTHS), words, lambda v, r: [TRUTHS[TRUTHS.index(v) ^ 1]], golds=lambda v: words(v)[:5]),
    Kind("word", lambda r: r.choice(WORDS), words, near_word(WORDS), golds=lambda v: words(v)[:5]),
    Kind("time", lambda r: (r.randint(1, 12), r.choice((0, 5, 15, 30, 48)), r.choice(("am", "pm"))), times, near_times, golds=lambda v: times(v)[:6]),
)  # fmt: skip
