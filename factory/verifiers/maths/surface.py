r"""What surrounds or decorates an answer: markdown, colours, "=", \approx, bases, clocks, dots.

First of the rewrites of `canonical`, on text whose characters are already ASCII. Each keeps the
value.
"""

import re
from collections.abc import Callable

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
_OPERATOR = re.compile(r"\\operatorname\*? ?\{ ?([a-z]{2,7}) ?\}")
_INTEGERS = re.compile(
    r"[ ,(]*(?:\\(?:text|mathrm|quad) ?\{? ?)?"
    r"(?:where|for|with)?(?: any| all| some| every| integer| integers)* ?\}? ?\(?([a-z])"
    r"(?: ?\\in ?(?:\\math(?:bb|bf|rm) ?\{?[ZN]\}?(?:\^\*|\^\+|_\+)?"
    r"|\\?Z|N)|(?:\\text ?\{)? is an(?:y| arbitrary)? integer\}?|为整数) ?\)?[ .]*$"
    r"|[ ,(]*(?:\\text ?\{ ?)?for (?:all |any |every |some )?integers? ?\}? ?([a-z]) ?\)?[ .}]*$"
)
_REAL = re.compile(
    r"[ ,(]*(?:\\(?:text|mathrm|quad) ?\{? ?)?(?:where|for|with|with any)\b"
    r"(?: any| all| some| every| each| real| arbitrary| constants?| numbers?)* ?\}? ?\$?\(?"
    r"([a-zA-Z])"
    r"(?: ?\\in ?(?:\\math(?:bb|bf|rm) ?\{?[RCQ]\}?|\\?R)|(?:\\text ?\{)? is an?(?:y| arbitrary)?"
    r"(?: real)? (?:constant|number)\}?)?\$? ?\)?[ .}]*$"
    r"|, ?([a-zA-Z]) ?\\in ?(?:\\math(?:bb|bf|rm) ?\{?R\}?|\\?R)[ .]*$"
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
_BUT = re.compile(
    r"^([^<>=]+[^<>=,\\ ]) ?, ?(?:\\text ?\{ ?(?:where|for|with)? ?\} ?)?[a-z] ?\\neq? ?[^,]{1,20}$"
)
_LANDAU = re.compile(r" ?\+ ?(?:\\mathcal ?\{?)?O\}? ?(?:\\left)? ?\([^()]{1,30}\) ?$")
_TOLD = re.compile(
    r"(?:\\text ?\{ ?)?[A-Z][a-z']*[ ,][^=]{3,120}\b(?:is|are|equals)\b:? ?\}? ?(?=[^a-z]*"
    r"(?:\\[a-z]+[^a-z]*)*$)"
    r"(?=.*\d)"
)
_MINUTES = re.compile(
    r"(\d{1,3})(?:\^ ?\{? ?\\circ ?\}?) ?(\d{1,2})(?:'|\^ ?\{? ?\\prime ?\}?)(?: ?(\d{1,2})"
    r"(?:''|\"))?"
)
_PERMUTATIONS = re.compile(r"(?<![a-zA-Z\\])[AP] ?_ ?\{? ?(\d{1,2}) ?\}? ?\^ ?\{? ?(\d{1,2}) ?\}?")
_DERIVATIVE = re.compile(
    r"\\frac ?\{ ?d(\^ ?\{?2\}?)? ?([a-zA-Z]) ?\} ?\{ ?d ?[a-zA-Z] ?(?:\^ ?\{?2\}?)? ?\}"
)
_DOTS = re.compile(r"\\(d?)dot(?![a-z]) ?\{? ?([a-zA-Z]) ?\}?")
_UNIT_VECTOR = re.compile(
    r"\\(?:vec|hat|widehat|overrightarrow) ?\{? ?(?:\\(?:mathbf|boldsymbol|bf|mathrm) ?\{? ?)?"
    r"([ijk]) ?\}? ?\}?(?![a-zA-Z])"
)
_IDENTICAL = re.compile(r"\b([fg]) ?\\equiv ?")
_CASES = re.compile(
    r"(?:\\left ?)?\\\{ ?\\begin\{(?:array|aligned)\} ?(?:\{[^{}]*\})?(.{0,1500}?)\\end\{"
    r"(?:array|aligned)\}"
    r"(?: ?\\right ?\.?)?",
    re.DOTALL,
)
_FRACTIONS = re.compile(r"(?<![\d.}])(\d{1,60}) (\d{1,60})/(\d{1,60})(?![\d.])")
_UNITED = re.compile(r"(?<=[)\]]) ?U ?(?=(?:\\left)? ?[(\[])")
_APPROXIMATE = re.compile(r"\\(?:approx|simeq|thickapprox|doteq)(?![a-z])")
_NAME_ONLY = re.compile(r"[a-zA-Z]{0,2}|\\[a-z]{1,8} ?")
_LEADING = re.compile(r"(?:=|\\(?:therefore|implies|Rightarrow|rightarrow|to)(?![a-z])|:|,) ?")
_DIGIT = r"[0-9A-F]"
_BASES = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "sixteen": 16,
}
_BASED = re.compile(
    rf"(?:\\left ?)?\(? ?(?:\\text\s?\{{)?(-?{_DIGIT}{{1,60}})\}}? ?(?:\\right ?)?\)? ?"
    rf"(?:_ ?\{{? ?(?:\\(?:text|mathrm)\s?\{{)?\(? ?"
    rf"|,? ?\(?(?:\\text\s?\{{)? ?\(?(?:in )?base[- ]?\}}? ?\{{?)"
    rf"(\d{{1,2}}|{'|'.join(_BASES)})[ )}}]*"
)
_TIME = re.compile(
    r"(\d{1,2})(?:[:.] ?(\d\d))? ?(?:\\[a-z]{4,6}\s?\{)? ?([ap])\.? ?m\b\.? ?\}? ?", re.IGNORECASE
)
_FRENCH = re.compile(r"(\])([^\[\]()]+,[^\[\]()]+)([\[\]])|(\[)([^\[\]()]+,[^\[\]()]+)(\[)")
_ORDINAL = re.compile(
    r"(\d) ?(?:\^ ?)?(?:\{? ?\\(?:text|mathrm|textrm|textsuperscript) ?\{ ?)?"
    r"\{?(?:st|nd|rd|th) ?\}?[ }.]*"
)
_CLOCK = re.compile(r"0?(\d{1,2}):(\d\d)")
_CYCLE = re.compile(
    r"(\d+)\.(\d{0,60})(?:\((\d{1,60})\)|\\dot ?\{(\d)\}(\d{0,60})\\dot ?\{(\d)\}"
    r"|\\(?:overline|bar|dot) ?\{(\d{1,60})\})"
)
_CYCLE_SHORT = re.compile(r"(?<=[\d.])\\(?:overline|bar|dot) ?(\d)(?!\d)")
_DOTTED = re.compile(r"(-?\d{1,30}\.\d{3,80}) ?(?:\.\.\.|\\[lc]?dots)")
_COMBINATIONS = (
    re.compile(r"(?<![a-zA-Z])C ?\( ?(\w{1,3}) ?, ?(\w{1,3}) ?\)"),
    re.compile(
        r"(?:\{ ?\})?[_^] ?\{? ?(\w{1,3}) ?\}? ?(?:\\mathrm\{C\}|C) ?_ ?\{? ?(\w{1,3}) ?\}?"
    ),
    re.compile(
        r"(?<![a-zA-Z])(?:\\mathrm\{C\}|C) ?_ ?(?:\{ ?(\w{1,3}) ?\}|(\d{1,2}|[a-z])) ?"
        r"\^ ?(?:\{ ?(\w{1,3}) ?\}|(\d|[a-z]))"
    ),
)
_POWERS = re.compile(r"\*\* ?|\^(?= ?\(? ?[-+]?\d)")
_PLAIN_POWER = re.compile(r"\^ ?(?:(-\d+|\d{2,})|\( ?([-+]?\d+) ?\))")
_TO = re.compile(r"(\d) ?(?:\\text ?\{ ?to ?\}|to) ?(?=\d)")
_ARRAY = re.compile(
    r"(?:\\left ?)?([(\[]) ?\\begin\{((?:small)?matrix|array)\} ?(?:\{[^{}]*\})?"
    r"(.{0,1500}?)\\end\{\2\} ?(?:\\right ?)?[)\]]",
    re.DOTALL,
)
_ROW_END = re.compile(r"\\cr(?![a-z])|\\\\ ?\[ ?[\d.]+ ?[a-z]{2} ?\]|\\\\ ?\\hline")
_LAST_ROW = re.compile(r"\\\\ ?(?=\\end)")


def stripped(text: str) -> str:
    """The answer without its decoration."""
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
    for clue, pattern, new in _STRIPS:
        if clue in text:
            text = pattern.sub(new, text, count=1) or text
    for lead in (_TOLD, _SENTENCE):
        if found := lead.match(text):
            text = text[found.end() :]
    text = _exact_side(text)
    if found := _ABOUT.match(text):
        text = text[found.end() :]
    if lead := _LEADING.match(text):
        text = text[lead.end() :]
    return text.strip()


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


def rewritten(text: str) -> str:
    """Times, bases, repeating decimals, combinations, powers, ratios and matrices in one way."""
    if found := _TIME.fullmatch(text):
        return f"{int(found[1])}:{found[2] or '00'}{found[3].lower()}m"
    if found := _FRENCH.fullmatch(text):
        left, inside, right = filter(None, found.groups())
        return f"{'(' if left == ']' else '['}{inside}{')' if right == '[' else ']'}"
    if found := _CLOCK.fullmatch(text):
        return f"{found[1]}:{found[2]}"
    if (found := _ORDINAL.search(text[-40:])) and found.end() == len(text[-40:]):
        return text[: len(text) - len(found[0])] + found[1]
    if found := _BASED.fullmatch(text):
        return f"{found[1]}_{{{_BASES.get(found[2], found[2])}}}"
    text = _unconditional(text)
    if "." in text:
        if found := _DOTTED.fullmatch(text):
            text = _cycled(found[1])
        text = _CYCLE.sub(_overlined, _CYCLE_SHORT.sub(r"\\overline{\1}", text))
    text = text.replace("**", "^")
    for clue, pattern, new in _REWRITES:
        if clue in text:
            text = pattern.sub(new, text)
    return text


def _primed(found: re.Match[str]) -> str:
    return found[2] + ("''" if found[1] else "'")


def quantified(text: str) -> bool:
    """Whether it ends in "for every integer k" or the like."""
    return bool(_INTEGERS.search(text[-120:]) or _REAL.search(text[-120:]))


def _unconditional(text: str) -> str:
    """Without ", n an integer", and with k for that n."""
    text = _BUT.sub(r"\1", text)
    if found := _REAL.search(text[-120:]):
        text = text[: len(text) - len(found[0])]
    if not (found := _INTEGERS.search(text[-120:])):
        return text
    text = text[: len(text) - len(found[0])]
    letter = found[1] or found[2]
    if letter == "k" or "k" in text or re.search(rf"_ ?\{{? ?{letter}|\( ?{letter} ?\)", text):
        return text
    return re.sub(rf"(?<![\\a-zA-Z]){letter}(?![a-zA-Z])", "k", text)


def _binomial(found: re.Match[str]) -> str:
    whole, part = filter(None, found.groups())
    return rf"\binom{{{whole}}}{{{part}}}"


def _degrees(found: re.Match[str]) -> str:
    seconds = (int(found[1]) * 60 + int(found[2])) * 60 + int(found[3] or 0)
    return rf"\frac{{{seconds}}}{{3600}}^\circ"


def _overlined(found: re.Match[str]) -> str:
    cycle = found[3] or found[7] or "".join(found.groups()[3:6])
    return rf"{found[1]}.{found[2]}\overline{{{cycle}}}"


def _cycled(decimal: str) -> str:
    """0.1666 of "0.1666..." as a repeating decimal, where its end repeats."""
    whole, _, places = decimal.partition(".")
    for size in range(1, len(places) // 2 + 1):
        cycle, start = places[-size:], len(places)
        while places[:start].endswith(cycle):
            start -= size
        if len(places) - start >= max(2 * size, 3) and start <= 3:
            return rf"{whole}.{places[:start]}\overline{{{cycle}}}"
    return decimal


Rewrite = tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]]
_STRIPS: tuple[Rewrite, ...] = (  # what must be in the text; what goes; what comes
    ("ause", _COMMENT, ""),
    ("since", _COMMENT, ""),
    ("ns", _LABEL, ""),
    ("O", _LANDAU, ""),
    ("in", _ODDS, r"\\frac{\1}{\2}"),
    ("out of", _ODDS, r"\\frac{\1}{\2}"),
    (r"\{", _BUILT, r"\2"),
)
_REWRITES: tuple[Rewrite, ...] = (
    (r"\frac", _DERIVATIVE, _primed),
    ("dot", _DOTS, _primed),
    ("vec", _UNIT_VECTOR, r" \1 "),
    ("hat", _UNIT_VECTOR, r" \1 "),
    ("arrow", _UNIT_VECTOR, r" \1 "),
    (r"\equiv", _IDENTICAL, r"\1(x)="),
    *(("C", pattern, _binomial) for pattern in _COMBINATIONS),
    ("_", _PERMUTATIONS, r"\\frac{\1!}{(\1-\2)!}"),
    ("^", _PLAIN_POWER, lambda power: f"^{{{power[1] or power[2]}}}"),
    ("U", _UNITED, r"\\cup "),
    (r"\operator", _OPERATOR, r"\\\1 "),
    ("/", _FRACTIONS, r"\1\\frac{\2}{\3}"),
    ("to", _TO, r"\1:"),
    (r"\circ", _MINUTES, _degrees),
    (r"\begin", _CASES, r"\\begin{cases}\1\\end{cases}"),
    (r"\begin", _ROW_END, r"\\\\"),
    (r"\begin", _ARRAY, r"\\begin{pmatrix}\3\\end{pmatrix}"),
    (r"\begin", _LAST_ROW, ""),
)
