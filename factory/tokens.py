"""Tokenizers: the one that ships with the factory by its name, anybody's by its path.

What needs to count tokens counts here. Of the shipped one a text's words are counted, each looked
up: a chain of thought says the same ones again and again.
"""

import hashlib
import re
import string
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer

from factory.errors import RecipeError, unknown
from factory.recipe import HOME

SHIPPED = "cot-4k"
BATCH = 64  # texts: what a tokenizer tells of each token is a hundred bytes
KNOWN_WORDS = 200_000  # 100 bytes each
LONG = 64  # characters: such a word will not come again

# A word with the space before it. No token of this byte-level BPE goes on from a character that is
# no space to one that is, and digits stand alone: they are counted, not looked up. Spaces are
# those of Unicode; Python takes four control characters more.
_SPACE = r" \t-\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_WORD = re.compile(f"[{_SPACE}]*[^{_SPACE}0-9]+|[{_SPACE}]+")
_known: dict[str, int] = {}


def find(tokenizer: str) -> Path:
    """The file of a tokenizer: one of ours by its name, else by its path or its folder's.

    Raises RecipeError where there is none.
    """
    known = {path.stem: path for path in (HOME / "tokenizers").glob("*.json")}
    if tokenizer in known:
        return known[tokenizer]
    path = Path(tokenizer).expanduser()
    path = path / "tokenizer.json" if path.is_dir() else path
    if not path.is_file():
        hint = "; or give the path of a tokenizer.json, or of a folder with one"
        raise unknown("tokenizer", tokenizer, known, hint)
    return path


@cache
def name(tokenizer: str) -> str:
    """What a tokenizer is called where its counts are kept; a path alone would not tell versions
    apart. Raises RecipeError.
    """
    path = find(tokenizer)
    if path.parent == HOME / "tokenizers":
        return path.stem
    known_as = path.absolute().parent.name if path.name == "tokenizer.json" else path.stem
    return f"{known_as}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"


@cache
def load(tokenizer: str) -> Tokenizer:
    """The tokenizer itself. Raises RecipeError."""
    path = find(tokenizer)
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # it raises no other
        raise RecipeError(f"{path} is no tokenizer.json: {error}") from error


def count(texts: Sequence[str], tokenizer: str) -> list[int]:
    """How many tokens each text has, without those that a model puts around it."""
    if tokenizer == SHIPPED:
        return list(map(_by_words, texts))
    found, counter = list[int](), load(tokenizer)
    for at in range(0, len(texts), BATCH):
        batch = list(texts[at : at + BATCH])
        found += map(len, counter.encode_batch_fast(batch, add_special_tokens=False))
    return found


def _by_words(text: str) -> int:
    words = _WORD.findall(text)
    digits = sum(map(text.count, string.digits))
    try:
        return digits + sum(map(_known.__getitem__, words))
    except KeyError:
        return digits + _learned(words)


def _learned(words: list[str]) -> int:
    if len(_known) > KNOWN_WORDS:
        _known.clear()
    fresh = set(words) - _known.keys()
    found = {word: len(load(SHIPPED).encode(word).ids) for word in fresh}
    _known.update((word, count) for word, count in found.items() if len(word) <= LONG)
    return sum(found[word] if word in found else _known[word] for word in words)
