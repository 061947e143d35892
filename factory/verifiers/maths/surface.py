r"""Spellings of one thing: bases, clocks, dates, repeating decimals, matrices; and its condition.

Part of `canonical`, on text whose characters are already ASCII. A rewrite keeps the value.
"""

import re
from collections.abc import Callable

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
_BUT = re.compile(
    r"^([^<>=]+[^<>=,\\ ]) ?, ?(?:\\text ?\{ ?(?:where|for|with)? ?\} ?)?"
    r"([a-z] ?\\neq? ?[^,]{1,20})$"
)
_MINUTES = re.compile(
    r"(\d{1,3})(?:\^ ?\{? ?\\circ ?\}?) ?(\d{1,2})(?:'|\^ ?\{? ?\\prime ?\}?)(?: ?(\d{1,2})"
    r"(?:''|\"))?"
)
_PERMUTATIONS = re.compile(r"(?<![a-zA-Z\\])[AP] ?_ ?\{? ?(\d{1,2}) ?\}? ?\^ ?\{? ?(\d{1,2}) ?\}?")
_DERIVATIVE = re.compile(
    r"\\frac ?\{ ?d(\^ ?\{?2\}?)? ?([a-zA-Z]) ?\} ?\{ ?d ?([a-zA-Z]) ?(?:\^ ?\{?2\}?)? ?\}"
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
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?"
    rf"|(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? (\d{{4}}))?",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
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


def rewritten(text: str) -> str:
    """Times, bases, repeating decimals, combinations, powers, ratios and matrices in one way."""
    if found := _TIME.fullmatch(text):
        return f"{int(found[1])}:{found[2] or '00'}{found[3].lower()}m"
    if found := _FRENCH.fullmatch(text):
        left, inside, right = filter(None, found.groups())
        return f"{'(' if left == ']' else '['}{inside}{')' if right == '[' else ']'}"
    if found := _DATE.fullmatch(text):
        month = 1 + _MONTHS.index((found[1] or found[5])[:3].casefold())
        year, day = found[3] or found[6] or 0, int(found[2] or found[4])
        return rf"\date\{{{year},{month},{day}\}}"
    if found := _ISO.fullmatch(text):
        return rf"\date\{{{found[1]},{int(found[2])},{int(found[3])}\}}"
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
    """y' for dy/dx, and x_t' for dx/dt as for \\dot x."""
    variable = found[3] if found.re is _DERIVATIVE else "t"
    return found[2] + (f"_{variable}" if variable != "x" else "") + ("''" if found[1] else "'")


def condition(text: str) -> str:
    """What it ends in: "Z" or "N" for every such k, "R" for every c, "some", or "x \\ne 3"."""
    if found := _BUT.match(text):
        return "".join(found[2].replace("neq", "ne").split())
    found = _INTEGERS.search(text[-120:]) or _REAL.search(text[-120:])
    if not found:
        return ""
    if "some" in found[0] and "constant" not in found[0]:
        return "some"
    if "N" in found[0] or "^" in found[0] or "_" in found[0]:
        return "N"
    return "Z" if _INTEGERS.search(text[-120:]) else "R"


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
