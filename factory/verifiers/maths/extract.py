r"""Completion -> the answer it gives, in time linear in its length.

Where to look: after the last `</think>`; the last closed \boxed{}; else the last <answer>; else
`#### n`; else the last "A:", "Answer:", "the answer is", 答案 or 故选. Only the last `TAIL`
characters are read, so a hostile megabyte costs no more than a long solution.

The last box concludes. On real rollouts earlier boxes are pictures (`\boxed{\phantom{2}}`),
intermediate results or, from base models, the answers to other questions, so a different box
somewhere above proves nothing. A contradiction is two boxes joined by nothing but punctuation,
"or" and "and": these come back together, and the caller decides whether they are one value, a
list, or ambiguous.
"""

import re
from dataclasses import dataclass
from typing import Literal

TAIL = 100_000
NEAR = 40  # characters between boxes that can belong together
_BRACES = re.compile(r"\\(?:boxed|fbox)[ ]{0,9}\{|\\.|[{}]", re.DOTALL)
_MARKER = re.compile(
    r"(?:^[ \t>*_#]{0,8}a[ ]?[:：]|\banswer[ *_]{0,4}(?:is\b|[:：=])"
    r"|(?:答案|故选|应选)[ *_]{0,4}[是为选:：]{0,2}"
    r"|^#{1,4}[ ]?(?:final[ ])?answer[ :*]{0,4}$"
    r"|\b(?:option|choice)[ ]is\b)",
    re.IGNORECASE | re.MULTILINE,
)
_BARE_BOX = re.compile(r"\\boxed ?([-\w./]{1,20}(?<![.]))")  # \boxed 5
_ADVERB = re.compile(r"(?:therefore|thus|hence|then|simply|indeed|just|exactly|now)\b[ ,:]*")
_JOINERS = frozenset({"or", "and", "either", "quad", "qquad", "text", "mathrm", "textbf"})
_WORD = re.compile(r"[A-Za-z]+")
_SENTENCE_END = re.compile(r"(?<!\\)[.!?](?=\s{1,3}[A-Z]|\s{0,3}$)|。")
_DOLLARS = re.compile(r"(?<!\\)\$([^$\n]{1,500})(?<!\\)\$")
_NUMBER = re.compile(r"(?<![\w.^{/+*])-?\$?\d+(?:,\d{3})*(?:\.\d+)?(?:/\d+)?%?(?![\w^{+*=])")
_FORMULA = re.compile(r"[\\^=+(){}\[\]]| [-*/] ")

Kind = Literal["box", "marker", "none", "cut"]


@dataclass(frozen=True, slots=True)
class Found:
    """`parts` are the concluding answers: none, one, or several that contradict or form a list."""

    kind: Kind
    parts: tuple[str, ...] = ()


def extract(completion: str, finish_reason: str | None = None) -> Found:
    """The answer of one completion; kind `cut`: the text stopped before the answer did."""
    cut = finish_reason == "length"
    text = _solution(completion)
    boxes = concluding_boxes(text)
    if boxes:
        return Found("box", boxes)
    if bare := _BARE_BOX.findall(text):
        return Found("box", (bare[-1],))
    marked, whole = _marked(text)
    if marked and (whole or not cut):
        return Found("marker", (marked,))
    return Found("cut" if cut else "none")


def _solution(completion: str) -> str:
    closed = completion.rfind("</think>")
    if closed >= 0:
        completion = completion[max(closed + len("</think>"), len(completion) - TAIL) :]
    elif "<think>" in completion:
        return ""  # what is inside an unclosed thought was never put forward as the answer
    return completion[-TAIL:]


def concluding_boxes(text: str) -> tuple[str, ...]:
    """The last box, preceded by those it is joined to by "or", "and" or mere punctuation."""
    if (alone := _lone_box(text)) is not None:
        return (alone,)
    spans = [span for span in _boxes(text) if text[span[1] : span[2]].strip()]
    first = max(len(spans) - 1, 0)
    while first > 0 and _joined(text[spans[first - 1][2] + 1 : spans[first][0]]):
        first -= 1
    return tuple(text[start:end].strip() for _, start, end in spans[first:])


def _lone_box(text: str) -> str | None:
    """The last box, where it is closed, not empty and nothing just before it could join it."""
    start = max(text.rfind("\\boxed"), text.rfind("\\fbox"))
    opened = _BRACES.match(text, start) if start >= 0 else None
    before = text[max(0, start - NEAR - 2) : start]
    if opened is None or before.endswith("\\"):
        return None
    if "}" in before and max(text.rfind("\\boxed", 0, start), text.rfind("\\fbox", 0, start)) >= 0:
        return None
    depth = 1
    for match in _BRACES.finditer(text, opened.end()):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return text[opened.end() : match.start()].strip() or None
    return None


def _boxes(text: str) -> list[tuple[int, int, int]]:
    """The closed innermost boxes, in order: where the box, its content and its end are."""
    if "\\boxed" not in text and "\\fbox" not in text:
        return []
    spans: list[tuple[int, int, int]] = []
    opened: list[
        tuple[int, int]
    ] = []  # where each open box and its content began; -1: a mere brace
    for match in _BRACES.finditer(text):
        piece = match[0]
        if piece[-1] == "{" and piece != "\\{":
            opened.append((match.start() if len(piece) > 1 else -1, match.end()))
        elif piece == "}" and opened:
            start, content = opened.pop()
            if start >= 0 and not (spans and spans[-1][0] > start):
                spans.append((start, content, match.start()))
    return spans


def _joined(gap: str) -> bool:
    if len(gap) > NEAR or _SENTENCE_END.search(gap):
        return False
    return all(len(word) == 1 or word.lower() in _JOINERS for word in _WORD.findall(gap))


def _marked(text: str) -> tuple[str, bool]:
    """The text after the last marker, and whether more text followed its line."""
    closed = text.rfind("</answer>")
    if closed >= 0 and (tag := text.rfind("<answer>", 0, closed)) >= 0:
        return text[tag + len("<answer>") : closed].strip(), True
    hashes = text.rfind("####")
    if hashes >= 0:
        line, newline, _ = text[hashes + 4 :].lstrip("# ").partition("\n")
        return line.strip(), bool(newline)
    end = _last_marker(text)
    if end < 0:
        return "", False
    line, newline, _ = text[end:].lstrip().partition("\n")
    return _phrase(line), bool(newline)


def _last_marker(text: str) -> int:
    """Where the last marker ends, or -1; most stand in the last lines."""
    near = text.find("\n", max(0, len(text) - 300)) + 1
    for start in (near, 0) if near else (0,):
        ends = [match.end() for match in _MARKER.finditer(text, start)]
        if ends:
            return ends[-1]
    return -1


def _phrase(line: str) -> str:
    """The answer within the rest of a marker's line: its formula, its only number, or all of it."""
    end = _SENTENCE_END.search(line)
    line = _ADVERB.sub("", (line[: end.start()] if end else line).strip(" \t*_:"), count=1)
    formulas = _DOLLARS.findall(line)
    if formulas and (_WORD.match(line) or _DOLLARS.fullmatch(line)):
        return formulas[-1].strip()
    numbers = _NUMBER.findall(line)
    prose = line.count(" ") > 2 and not _FORMULA.search(line)
    return numbers[0] if prose and len(numbers) == 1 else line
