"""Marks of a rollout that went wrong as text, whatever its answer.

compression_ratio  bytes that zlib makes of it, of its UTF-8 bytes: near 0 for a loop; some 0.3
                   to 0.6 for sound text, more for a short one
language_mix       share of letters outside the script that most are of; letters of formulas do
                   not count, so that Greek ones and a lone x in Chinese are no mix
unfinished_think   1 where nothing follows the thought, or one that is opened never ends
boxes              how many different contents its solution puts into \\boxed; its trace may try
"""

import re
import unicodedata
import zlib
from collections import Counter
from functools import cache

import polars as pl

VERSION = "1"
SUBJECT = "rollout"
TEXT = "trace, solution"

_BOX = re.compile(r"\\f?boxed\s*\{")
_BRACE = re.compile(r"\\.|[{}]", re.S)
_LATIN = re.compile(r"(?<![\\A-Za-z])[A-Za-z][a-z\u00df-\u024f]{3,}")  # no \frac, ABC, sin
_OTHER = re.compile(r"[^\W\d_A-Za-z\u00aa-\u024f]")
_SCRIPTS = {
    **dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA"), "EAST"),  # Japanese writes all three
    **{name: name for name in ("HANGUL", "CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "THAI")},
    **{name: name for name in ("BENGALI", "TAMIL", "TELUGU", "GEORGIAN", "ARMENIAN", "ETHIOPIC")},
}


def tag(rows: pl.DataFrame) -> pl.DataFrame:
    """(subject_id, trace, solution) -> the four tags."""
    both = list(zip(rows["trace"], rows["solution"], strict=True))
    texts = [f"{trace or ''}\n{solution}" for trace, solution in both]
    return rows.select(
        "subject_id",
        compression_ratio=pl.Series(map(compression_ratio, texts), dtype=pl.Float64),
        language_mix=pl.Series(map(language_mix, texts), dtype=pl.Float64),
        unfinished_think=pl.Series([unfinished(*one) for one in both], dtype=pl.Float64),
        boxes=pl.Series([boxes(solution) for _, solution in both], dtype=pl.Float64),
    )


def compression_ratio(text: str) -> float:
    """Bytes out / bytes in; may be above 1 for a few words."""
    told = text.encode()
    return len(zlib.compress(told)) / len(told)


def language_mix(text: str) -> float:
    """0 for one script, 0.5 for two with as many letters each."""
    if text.isascii():
        return 0.0
    letters = Counter[str](filter(None, map(_script, _OTHER.findall(text))))
    if not letters:
        return 0.0
    letters["LATIN"] = sum(map(len, _LATIN.findall(text)))
    return 1 - max(letters.values()) / letters.total()


@cache
def _script(letter: str) -> str | None:
    """The script of a letter; None for those of formulas."""
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0])


def unfinished(trace: str | None, solution: str) -> bool:
    """Whether the thought never came to an end."""
    _, opened, inside = solution.rpartition("<think>")
    return not solution.strip() if trace else bool(opened) and "</think>" not in inside


def boxes(text: str) -> int:
    """How many different contents stand in boxes; spaces apart."""
    return len({"".join(_inside(text, box.end()).split()) for box in _BOX.finditer(text)})


def _inside(text: str, at: int) -> str:
    depth = 1
    for brace in _BRACE.finditer(text, at):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return text[at : brace.start()]
    return text[at:]
