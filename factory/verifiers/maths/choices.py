r"""Multiple choice: the choices a question lists, and answers rewritten so that like meets like.

A letter is compared with a letter, and a text with the text of the gold's letter. Without choices a
letter against a text stays ambiguous.
"""

import re
from functools import lru_cache

from factory.verifiers.maths.canonical import form_of

_WRAP = r"(?:\\(?:text|textbf|textrm|mathrm|mathbf|bf|rm)\s?\{ ?)?"
_LABEL = re.compile(
    r"(?:^|(?<=[\s$&;,.~}\\]))"
    + _WRAP
    + r"(?:\(([A-J])\)|([A-J])(?:[.)、:：．]|\)\s))\s?\}?[:.]?(?=[\s\\~$}]|\S)"
)
_SPACING = re.compile(
    r"\\(?:q?quad|hspace\{[^{}]*\}|,|;|!|\\|newline|begin\{[a-z]+\}|end\{[a-z]+\}|item)(?![a-z])"
)
LETTER = re.compile(
    r"(?:(?:the )?(?:correct |final )?(?:option|choice|answer|选项?|选择)"
    r"(?: is)?\s?:?\s?)?[(\[（]?\s?([A-J])\s?[)\]）]?[.:]?",
    re.IGNORECASE,
)
LETTERED = re.compile(
    r"(?:(?:the )?(?:correct |final )?(?:option|choice|answer)(?: is)?\s?:?\s?)?(?:\(([A-J])\)"
    r"|([A-J])(?:[.:)]|：))[\s:~]*(?=\S)(.+)",
    re.DOTALL | re.IGNORECASE,
)
_DRESS = re.compile(
    r"\\(?:text|textbf|textrm|mathrm|mathbf|bf|rm|boxed|mbox)(?![a-z])\s?|[{}*$~]|\\[ ,()\[\]]"
)
MAX_QUESTION = 20_000


@lru_cache(maxsize=10_000)
def listed(question: str) -> dict[str, str]:
    """{letter: text} of the last list of choices in a question; empty where there is none."""
    text = _SPACING.sub(" ", question[-MAX_QUESTION:])
    marks = list(_LABEL.finditer(text))
    starts = [at for at, mark in enumerate(marks) if _letter(mark) == "A"]
    if not starts:
        return {}
    found: dict[str, str] = {}
    run = marks[starts[-1] :]
    for at, mark in enumerate(run):
        if _letter(mark) != "ABCDEFGHIJ"[at]:
            break
        end = run[at + 1].start() if at + 1 < len(run) else len(text)
        lines = text[mark.end() : end].strip().split("\n\n")
        found[_letter(mark)] = _SPACING.sub(" ", lines[0]).strip(" \n$,;.&").strip()
    return found if len(found) > 1 else {}


def _letter(mark: re.Match[str]) -> str:
    return mark[1] or mark[2]


def plain(answer: str) -> str:
    """An answer without its type setting, to look for a letter in it."""
    return " ".join(_DRESS.sub(" ", answer).split())


def paired(gold: str, given: str, question: str | None) -> tuple[str, str, bool]:
    """Gold and given, of one kind where the choices allow it; and whether they were of two."""
    choices = listed(question) if question else {}
    if not choices:
        return gold, given, False
    right = _chosen(gold, choices)
    if right is None:  # the gold is a text
        right = next((letter for letter, text in choices.items() if _same(text, gold)), None)
        if right is None:
            return gold, given, False
        letter = _chosen(given, choices)
        return gold, choices[letter] if letter else given, bool(letter)
    letter = _chosen(given, choices)
    if letter is None and choices.get(right):
        return choices[right], given, True
    return right, letter or given, False


def _chosen(answer: str, choices: dict[str, str]) -> str | None:
    bare = plain(answer)
    if found := LETTER.fullmatch(bare):
        return found[1].upper() if found[1].upper() in choices else None
    if found := LETTERED.fullmatch(bare):
        return (found[1] or found[2]).upper()
    return None


def _same(one: str, other: str) -> bool:
    return form_of(one[:500]).text == form_of(other[:500]).text
