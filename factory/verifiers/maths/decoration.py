r"""What surrounds an answer and is no part of it: markdown, colours, sentences, "=", \approx."""

import re

_SPACE = re.compile(
    r"\\(?:hspace|vspace|phantom|hphantom|tag|label|rule)\*?\{[^{}]*\}|\\(?:mathstrut|strut"
    r"|nolimits|hfill|noindent|null)(?![a-zA-Z])"
)
_MEANT = re.compile(r"\\(?:choose|over|mid)(?![a-z])|[|:]")  # braces of more than grouping
_COLOUR = re.compile(r"\\(?:text)?color\s?\{[^{}]*\}")
_WHOLE_TEXT = re.compile(
    r"\\(?:text|mbox|textbf|textit|textrm|textnormal|mathrm|mathbf|hbox|emph|boxed|underline"
    r"|fbox|bf|rm)"
    r"\s?\{((?:[^{}]|\{[^{}]*\})*)\}[ .]*"
)
_MARKDOWN = re.compile(r"(\*\*|__|`|\"|'')(.+)\1\.?", re.DOTALL)
_SENTENCE = re.compile(
    r"^(?:\\(?:text|mbox) ?\{ ?)?(?:The|the|Our|our|So|so|Thus)\b[^=\\$<>\d]{0,60}\b"
    r"(?:is|are|equals)\b:? ?(?:\} ?)?(?=.)"
)
_COMMENT = re.compile(r"[ ,]*\(?(?:\\text ?\{ ?)?\(? ?(?:since|because)\b.*$", re.DOTALL)
_ABOUT = re.compile(
    r"(?:\\sim(?![a-z])|(?:\\text ?\{ ?)?(?:approximately|approx\.?|about|roughly|exactly"
    r"|around|an? ?(?=[}\d$]))"
    r" ?(?:\}|(?=[-\d.\\ ]))) ?(?=.*\d)"
)
_LABEL = re.compile(
    r"(?:\\text(?:bf)? ?\{ ?)?(?:(?:final )?answer|ans)\.?(?: is)? ?[:：] ?\}?", re.IGNORECASE
)
_BUILT = re.compile(
    r"^(?:\\left ?)?\\\{ ?([a-z]) ?"
    r"(?:\\[,;] ?)?(?:\\mid|\\middle ?\||\||:) ?(?:\\[,;] ?)?(\1 ?=[^|]*?)"
    r" ?(?:\\right ?)?\\\}$"
)
_ODDS = re.compile(r"^(\d{1,9}) ?(?:\\text ?\{ ?)?(?:out of|in)(?: every)? ?\}? ?(\d{1,9})$")
_TOLD = re.compile(
    r"(?:\\text ?\{ ?)?(?:The|So|Thus|Hence|Therefore|Our)\b([^=]{3,120}?)"
    r"\b(?:is|are|equals)\b:? ?\}? ?"
    r"(?=[^a-z]*(?:\\[a-z]+[^a-z]*)*$)(?=.*\d)"
)
_TURNED = re.compile(
    r"\b(?:not?|never|false|wrong|twice|half|double|plus|minus|times|one|two|first|second|other|but"
    r"|except|than|and|or|if|unless|more|less|is|are)\b"
    r"(?! (?:divided|multiplied|raised|written))|n't"
)
_APPROXIMATE = re.compile(r"\\(?:approx|simeq|thickapprox|doteq)(?![a-z])")
_NAME_ONLY = re.compile(r"[a-zA-Z]{0,2}|\\[a-z]{1,8} ?")
_LEADING = re.compile(r"(?:=|\\(?:therefore|implies|Rightarrow|rightarrow|to)(?![a-z])|:|,) ?")
_STRIPS: tuple[
    tuple[str, re.Pattern[str], str], ...
] = (  # what must be in the text; what goes; what comes
    ("ause", _COMMENT, ""),
    ("since", _COMMENT, ""),
    ("ns", _LABEL, ""),
    ("in", _ODDS, r"\\frac{\1}{\2}"),
    ("out of", _ODDS, r"\\frac{\1}{\2}"),
    (r"\{", _BUILT, r"\2"),
)


def stripped(text: str) -> tuple[str, bool]:
    """The answer without its decoration, and whether that was words that say something."""
    text = _COLOUR.sub("", _SPACE.sub("", text)).strip()
    for _ in range(4):
        found = _WHOLE_TEXT.fullmatch(text) or _MARKDOWN.fullmatch(text)
        if not found:
            break
        text = found[found.lastindex or 0].strip()
    for _ in range(4):
        if text[:1] != "{" or _MEANT.search(text) or not _closes_last(text):
            break
        text = text[1:-1].strip()
    before = text
    for clue, pattern, new in _STRIPS:
        if clue in text:
            text = pattern.sub(new, text, count=1) or text
    if (found := _TOLD.match(text)) and not _TURNED.search(found[1]):
        text = text[found.end() :]
    text = _SENTENCE.sub("", text, count=1)
    if found := _ABOUT.match(text):
        text = text[found.end() :]
    worded = text != before
    text = _exact_side(text)
    if lead := _LEADING.match(text):
        text = text[lead.end() :]
    return text.strip(), worded


def _closes_last(text: str) -> bool:
    """Whether the brace that opens the text closes at its end."""
    depth = 0
    for at, character in enumerate(text):
        depth += ((character == "{") - (character == "}")) * (text[at - 1 : at] != "\\")
        if depth == 0:
            return at == len(text) - 1
    return False


def _exact_side(text: str) -> str:
    r"""2\sqrt{3} of "2\sqrt{3} \approx 3.46", and 3.46 of "x \approx 3.46"."""
    left, *rest = (part.strip() for part in _APPROXIMATE.split(text))
    if not rest:
        return text
    if _NAME_ONLY.fullmatch(left):
        return rest[0]
    name, equals, exact = left.partition("=")
    return exact if equals and _NAME_ONLY.fullmatch(name.strip()) else left
