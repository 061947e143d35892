"""What is amiss with a question for who wants one answer to check: its kinds, comma-separated.

    proof            asks to prove or show something
    yes_no           asks whether: a guess is right half the time
    multiple_choice  offers options, or asks which of the following
    multi_part       asks more than one question
    missing_figure   speaks of a figure or table that the text does not hold

Rules of wording, made for precision: what they name is so, what they do not name may be.
"""

import re
from itertools import pairwise

import polars as pl

VERSION = "1"
SUBJECT = "problem"
TEXT = "statement"

_DRAWN = re.compile(
    r"\[asy\].*?(?:\[/asy\]|\Z)|\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.S
)
_TABLE = re.compile(
    r"\\begin\{(?:tabular|array)|\\hline|\|\s*:?-{2,}|(?:\|[^|\n]*){3,}\|\s*\n|<table"
)
_LATEX = re.compile(r"\\(?:text|math)?(?:bf|rm|it|sf|tt)?\b|\\q?quad\b|\\(?=[\s(),;:!\\])|[${}*~]")

# Where a request may begin: at the start, after a sentence, a comma, a part's mark.
_BEGIN = r"(?:^|(?<=[.!?:;,)\n])|(?<=\band)|(?<=\bthen)|(?<=\bplease))\s*"
_PROOF = re.compile(
    rf"{_BEGIN}(?:(?:dis)?prove\s+(?!yourself)(?:or\s+disprove\b|that\b|the\b|there\b|this\b|it\b|"
    r"by\b|for\b|if\b|:|\$|\\)|(?:show|demonstrate|verify|deduce|establish|justify|explain)\s+(?:that|why)\b|"
    r"(?:give|write|provide)\s+a\s+(?:\w+\s+)?proof\b)",
    re.I,
)

_SENTENCE = re.compile(r"(?:(?<=[.?])|(?<=[A-Za-z]!))[\"')\]]*\s+|\n\s*\n")
_ASKS = re.compile(
    r"\?|\b(?:find|determine|compute|calculate|evaluate|solve|what|how|which|who|when|prove|show|"
    r"express|simplify|write|give|state|explain|sketch|draw)\b",
    re.I,
)
_WHETHER = re.compile(
    r"(?:[^?]*,\s*)?(?:and\s+|so\s+|but\s+|then\s+)?(?:is|are|does|do|did|can|could|will|would|was|"
    r"were|has|have|must|should)(?:n't)?\s[^?]*\?\W*$|"
    r"(?:[^?]*,\s*)?(?:determine|decide|tell|state)\s+(?:if|whether)\b.*",
    re.I | re.S,
)
_OPEN = re.compile(
    r"\b(?:how|what|which|who|whose|when|where|why|find|compute|or(?!\s+not\b))\b", re.I
)
_TOLD = re.compile(
    r"\b(?:answer|enter|write|say|respond)\W+(?:\w+\s+){0,3}?\W?yes\W+or\W+no\b", re.I
)
_TRUE = re.compile(r"\btrue\s+or\s+false\b|\(true\s*/\s*false\)", re.I)

_OPTIONS = re.compile(
    r"(?:^|(?<=[\s\].?:]))(?:\(A\).+?(?<!\w)\(B\).+?(?<!\w)\(C\)|\[A\].+?\[B\].+?\[C\]|"
    r"A\).+?\sB\).+?\sC\)|A\s?\.\s.+?\sB\s?\.\s.+?\sC\s?\.\s|A:\s.+?\sB:\s.+?\sC:\s)",
    re.S,
)
_FOLLOWING = re.compile(r"\bwhich\s+(?:one\s+|ones\s+|two\s+)?of\s+the\s+following\b", re.I)

_PARTS = [  # what the second begins with, for a quick look, and both marks
    (second, [re.compile(rf"(?:^|(?<=[\s:;.]))(?:\*\*)?{mark}", re.M) for mark in marks])
    for second, *marks in (
        ("(b)", r"\(a\)", r"\(b\)"),
        ("(ii)", r"\(i\)", r"\(ii\)"),
        ("(2)", r"\(1\)", r"\(2\)"),
        ("b)", r"a\)", r"b\)"),
        ("\n2", r"^1[.)]", r"^2[.)]"),
        ("art ", r"[Pp]art \(?(?:[Aa1]|I\b)", r"[Pp]art \(?(?:[Bb2]|II\b)"),
    )
]
_PART = re.compile(
    r"\?|\b(?:find|determine|compute|calculate|evaluate|solve|simplify|prove|show that|sketch|draw|"
    r"explain|what (?:is|are)|how (?:many|much))\b",
    re.I,
)
_QUESTION = re.compile(
    r"(?:[^?]*,\s*)?(?:and\s+|so\s+)?(?:in\s+|at\s+|to\s+|by\s+|of\s+|for\s+|with\s+)?"
    r"(?:how|what|which|who|when|where)\b[^?]*\?\W*$",
    re.I,
)
_AGAIN = re.compile(r"\W*(?:that is|in other words|i\.e)", re.I)

_FIGURE = r"(?:figure|fig\.|diagram|picture|drawing|sketch|image|illustration)s?"
_PLOT = r"(?:graph|chart|table|map|grid|histogram|plot)s?"
_SHAPE = (
    r"(?:triangle|square|rectangle|circle|polygon|pentagon|hexagon|octagon|quadrilateral|trapezoid|"
    r"parallelogram|rhombus|region|solid|cube|pyramid|cylinder|cone)s?"
)
_SEEN = r"(?:shown|pictured|depicted|illustrated)"
_PLACE = (
    r"(?:below|above(?!\s+(?:the|a|an)\b)|"
    r"(?:at|to|on)\s+(?:the\s+|your\s+)?(?:right|left)\b(?!\s+(?:of|end|side)))"
)
_PLACED = re.compile(rf"{_SEEN}|{_FIGURE}|{_PLOT}|!\[|<img|includegraphics|如[图圖]", re.I)
_MISSING = re.compile(
    rf"\b(?:in|from|of|see|to|on|under|by)\s+(?:the\s+)?(?:accompanying|adjoining|adjacent|attached|following|given)?"
    rf"\s*(?:figure|fig\.|diagram)s?\b(?!\s+(?:skat|out|with|of\s+\w+\s+is\s+rotated))|"
    rf"\b(?:{_FIGURE}|{_PLOT})\s+(?:\w+\s+){{0,2}}?(?:{_SEEN}\b|{_PLACE})|"
    rf"\b(?:{_FIGURE}|{_PLOT})\b[^.?!]{{0,60}}\s(?:is|are)\s+{_SEEN}\b|"
    rf"\b{_SEEN}\s+(?:in|on|by|at)\s+(?:the\s+)?(?:\w+\s+)?(?:{_FIGURE}|{_PLOT}|right|left)\b|"
    rf"\b{_SHAPE}\s+(?:{_SEEN}|drawn)(?:\s+(?:here|below|above))?\s*(?=[.,;?:])|"
    rf"\bas\s+{_SEEN}(?=\s*[.,;)?]|\s+(?:below|above|here|at|on|in)\b)|"
    r"!\[[^\]]*\]\(|<img\b|\\includegraphics|\[(?:image|figure|diagram)\]|如图|如圖",
    re.I,
)  # fmt: skip


def tag(rows: pl.DataFrame) -> pl.DataFrame:
    """(subject_id, statement) -> question, the kinds; empty where none applies."""
    found = pl.Series([",".join(kinds(text)) for text in rows["statement"]], dtype=pl.String)
    return rows.select("subject_id", question=found)


def kinds(statement: str) -> list[str]:
    """The kinds of one question, in the order of the module's list."""
    text = _DRAWN.sub("\n", statement)
    plain = _LATEX.sub(" ", text)
    choice = bool(_OPTIONS.search(plain) or _FOLLOWING.search(text))
    found = {
        "proof": bool(_PROOF.search(text)),
        "yes_no": not choice and _yes_no(text),
        "multiple_choice": choice,
        "multi_part": not choice and _multi_part(text),
        "missing_figure": text == statement and _missing(text),
    }
    return [kind for kind, applies in found.items() if applies]


def _missing(text: str) -> bool:
    """Whether it speaks of what cannot be seen in it."""
    return bool(_PLACED.search(text) and _MISSING.search(text)) and not _TABLE.search(text)


def _yes_no(text: str) -> bool:
    """Whether the last thing that it asks can be answered by yes."""
    if _TOLD.search(text) or _TRUE.search(text):
        return True
    asked = [one for one in _SENTENCE.split(text) if _ASKS.search(one)]
    if not asked or not (whether := _WHETHER.match(asked[-1].strip())):
        return False
    return not _OPEN.search(whether[0])


def _multi_part(text: str) -> bool:
    """Whether two of its parts, or two of its sentences, ask."""
    for second, marks in _PARTS:
        if second not in text:
            continue
        places = [found.start() for mark in marks if (found := mark.search(text))]
        if len(places) == 2 and places[0] < places[1]:
            parts = [text[a:b] for a, b in pairwise([*places, len(text)])]
            if all(map(_PART.search, parts)):
                return True
    if text.count("?") < 2:
        return False
    asking = [one.strip() for one in _SENTENCE.split(text) if _QUESTION.match(one.strip())]
    return len(asking) > 1 and not any(map(_AGAIN.match, asking))
