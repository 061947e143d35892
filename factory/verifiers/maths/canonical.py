r"""Answer text -> one canonical spelling, and its unit set aside.

Two answers with the same form are the same answer, so every rewrite here keeps the value: unicode
and LaTeX spellings, spacing, digit grouping, implied products, `\frac12`, "pi". What is merely
allowed to differ (order, names, bases, rounding) is `compare`'s business. Callers cap the length
at `MAX_LENGTH`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from factory.verifiers.maths import decoration, surface, units

MAX_LENGTH = 2000
_CHARACTERS = {
    "−": "-", "–": "-", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "∙": r"\cdot ", "÷": "/",
    "⁄": "/", "∕": "/", "π": r"\pi ", "∞": r"\infty ", "≤": r"\le ", "≥": r"\ge ",
    "≠": r"\ne ", "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "∅": r"\emptyset ", "±": r"\pm ",
    "°": r"^\circ ", "º": r"^\circ ", "θ": r"\theta ", "α": r"\alpha ", "β": r"\beta ",
    "λ": r"\lambda ",
    "…": r"\ldots ", "≈": r"\approx ", "⟨": r"\langle ", "⟩": r"\rangle ", "〈": r"\langle ",
    "〉": r"\rangle ", "∠": r"\angle ", "∛": r"\sqrt[3] ", "∜": r"\sqrt[4] ", "φ": r"\phi ",
    "ω": r"\omega ", "γ": r"\gamma ", "μ": r"\mu ", "σ": r"\sigma ", "ℝ": r"\mathbb{R}",
    "ℤ": r"\mathbb{Z}", "“": '"', "”": '"', ";": ",", "；": ",", "∣": r"\mid ", "（": "(",
    "）": ")", "△": r"\triangle ", "或": ", ", "和": ", ", "且": ", ", "及": ", ", "¢": " cents ",
    "\u2009": " ", "\u202f": " ", "，": ",", "。": ".", "、": ",", "%": "", "\0": " ",
    "\u200b": "", "’": "'",
}  # fmt: skip
_TO_ASCII = str.maketrans(_CHARACTERS)
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]{1,20}")
_SUBSCRIPTS = re.compile("[₀₁₂₃₄₅₆₇₈₉]{1,20}")
_CIRCLED = re.compile("[①②③④⑤⑥⑦⑧⑨⑩]{2,10}")
_RADICAL = re.compile(r"√ ?(\d{1,100})")  # \sqrt13 is LaTeX for √1·3, but √13 is not
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_NAMES = {
    "nicefrac": "frac", "sfrac": "frac", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac",
    "leq": "le", "leqslant": "le", "geq": "ge",
    "geqslant": "ge", "neq": "ne", "lt": "<", "gt": ">", "times": "cdot", "lbrace": "{",
    "rbrace": "}",
    "lbrack": "[", "rbrack": "]", "dots": "ldots", "cdots": "ldots", "bmatrix": "pmatrix",
    "ast": "cdot",
    "bigcup": "cup", "Bmatrix": "pmatrix", "lvert": "|", "rvert": "|", "vert": "|",
    "mp": "pm", "langle": "(", "rangle": ")", "varnothing": "emptyset", "infin": "infty",
    "div": "/", "colon": ":",
}  # fmt: skip
_PLAIN_NAMES = {
    "pi": r"\pi", "infinity": r"\infty", "inf": r"\infty", "oo": r"\infty", "sqrt": r"\sqrt",
    "sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "log": r"\log", "ln": r"\ln",
    "theta": r"\theta", "exp": r"\exp", "cis": r"\cis", "arctan": r"\arctan", "arcsin": r"\arcsin",
    "arccos": r"\arccos", "sec": r"\sec", "csc": r"\csc", "cot": r"\cot",
}  # fmt: skip
_SILENT = {
    "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg", "middle",
    "limits", "underline", "Biggl", "Biggr", "biggl", "biggr",
    "displaystyle", "textstyle", "quad", "qquad", "mathrm", "mathbf", "mathit", "mathsf", "mathcal",
    "boldsymbol", "bold", "bf", "rm", "it", "text", "mbox", "textbf", "textit", "textrm",
    "textnormal",
    "hbox", "emph", "operatorname", "boxed", "fbox",
}  # fmt: skip
_GROUPED = re.compile(r"(?<=\d)(?:,\\!\s?|\{,\}\s?|\\,|,\{\})(?=\d\d\d(?!\d))")
_COMMAS = re.compile(r"([-+]?)(\d{1,3}(?:,\d{3}){1,30})((?:\.\d{0,400})?)")
_DIGIT_SPACES = re.compile(r"\d{1,3}(?: \d{3}){1,30}")
_DELIMITERS = re.compile(r"(?<!\\)\\[()\[\],;:! ]|(?<!\\)\$|[~\s]|\\displaystyle(?![a-zA-Z])")
_DEGREES = re.compile(
    r"\^ ?(?:\{ ?\\circ ?\}|\\circ(?![a-zA-Z])|\{? ?\\(?:text|mathrm)\{ ?o ?\} ?\}?)"
    r"|\\(?:degree|deg)s?(?![a-zA-Z])"
)
_TEMPERATURE = re.compile(
    r"(?:\^ ?\{? ?\\circ ?\}?|\\degree) ?(?:\\(?:text|mathrm|rm) ?\{ ?)?[CFK] ?\}?(?![a-zA-Z])"
)
_TRIGONOMETRY = re.compile(r"sin|cos|tan|sec|csc|cot|cis")
_AND = re.compile(r",? ?(?:\\(?:text|mbox|textrm)\s?\{ ?,? ?(?:and|or) ?\}|\b(?:and|or)\b) ?")
_TEXT = re.compile(
    r"\\(?:text|mbox|textbf|textit|textrm|textnormal|mathrm|mathbf|hbox|emph|boxed)\s?\{([^{}]*)\}"
)
_SHORT_FRACTION = re.compile(
    r"\\[dtc]?frac ?(\d|[a-zA-Z]|\\pi) ?(\d|[a-zA-Z]|\\pi(?![a-z])|(?=\{))"
)
_LATE_SHORT = re.compile(r"(\\[dtc]?frac ?\{[^{}]*\}) ?(\d|[a-zA-Z]|\\pi(?![a-z]))")
_SHORT_ROOT = re.compile(r"(?:\\|(?<![\\a-zA-Z]))sqrt ?(?:(\d|[a-zA-Z])|\(([^()]*)\))")
_TOKEN = re.compile(r"( ?)(\\[a-zA-Z]+|\\.|\d+(?:\.\d*)?|\.\d+|[a-zA-Z]+|[^ ])", re.DOTALL)
_ZERO_PADDED = re.compile(r"(?<![\d.{:])0+(?=\d)|(?<=\d)\.(?![\d\\])")
_SINGLE_POWER = re.compile(r"([\^_])\{(\w)\}(?!\d)")
_COUNTS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen", "twenty",
]  # fmt: skip
_CANONICAL = re.compile(  # as most answers are: nothing to rewrite
    r"-?(?:(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?|\\frac\{[1-9]\d{0,9}\}\{[1-9]\d{0,9}\}"
    r"|\d?\\sqrt\{\d{1,9}\})"
)
_THERE = re.compile(r"there (?:is|are) |the equation has ")
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_PHRASES = {
    "no solution": r"\emptyset", "no real solution": r"\emptyset", "empty set": r"\emptyset",
    "no such solution": r"\emptyset", "doe not exist": "undefined", "does not exist": "undefined",
    "dne": "undefined", "无解": r"\emptyset", "不存在": "undefined", "正确": "correct",
    "对": "correct", "错误": "incorrect", "错": "incorrect", "不正确": "incorrect",
    "充分必要条件": "充要条件",
    "既不充分也不必要条件": "既不充分又不必要条件",
    "not defined": "undefined", "the empty set": r"\emptyset",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """An answer's canonical text without its unit; `unit` is "" where none was written.

    `condition`: what it was said to hold for, set aside (`surface.condition`). `worded`: words
    around it were set aside as well.
    """

    text: str
    unit: str = ""
    condition: str = ""
    worded: bool = False


@lru_cache(maxsize=100_000)
def form_of(answer: str) -> Form:
    """The form of one answer."""
    return Form(answer) if _CANONICAL.fullmatch(answer) else _rewritten(answer)


def _rewritten(answer: str) -> Form:
    text, worded = decoration.stripped(_ascii(answer))
    condition = surface.condition(text)
    text = surface.rewritten(text)
    bare = _degreeless(text)
    value, unit = units.split(bare)
    signed = "percent" if "%" in answer or "\uff05" in answer else ""
    text, unit = value, unit or ("degree" if bare != text else signed)
    text = _AND.sub(", ", text) if any(c.isdigit() for c in text) else text
    text = _LATE_SHORT.sub(r"\1{\2}", _SHORT_FRACTION.sub(_braced_fraction, _unwrapped(text)))
    text = _SHORT_ROOT.sub(
        lambda found: rf"\sqrt{{{found[1] or found[2]}}}", text.lstrip(" ,:;").rstrip(" .,:;")
    )
    text = _SINGLE_POWER.sub(r"\1\2", _joined(_pieces(_ungrouped(text))))
    text = _ZERO_PADDED.sub("", text)
    return Form(_worded(text) if text != r"\{\}" else r"\emptyset", unit, condition, worded)


def _worded(text: str) -> str:
    """Numbers up to 99 and "no solution" in words."""
    if not text[:1].isalpha() or len(text) > 30:
        return text
    plain = text.casefold()
    if plain in _COUNTS:
        return str(_COUNTS.index(plain))
    ten, _, one = plain.replace(" ", "-").partition("-")
    if ten in _TENS and (not one or one in _COUNTS[1:10]):
        return str(20 + 10 * _TENS.index(ten) + (_COUNTS.index(one) if one else 0))
    plain = _THERE.sub("", plain).removesuffix("s")
    return _PHRASES.get(plain, text)


def _ascii(text: str) -> str:
    if not text.isascii():
        text = _from_unicode(text)
    text = text.replace("{:}", ":").replace("\\%", "").replace("\\$", "\\dollar ")
    text = text.translate(_TO_ASCII)
    return " ".join(_DELIMITERS.sub(_spacing, _GROUPED.sub("", text)).split())


def _from_unicode(text: str) -> str:
    text = _SUPERSCRIPTS.sub(
        lambda found: "^{" + unicodedata.normalize("NFKC", found[0]) + "}", text
    )
    text = _SUBSCRIPTS.sub(lambda found: "_{" + unicodedata.normalize("NFKC", found[0]) + "}", text)
    text = _CIRCLED.sub(lambda found: ", ".join(found[0]), text)
    text = _RADICAL.sub(r"\\sqrt{\1}", text).replace("√", r"\sqrt ")
    text = _VULGAR.sub(lambda found: " " + found[0], text)
    return unicodedata.normalize("NFKC", text.translate(_TO_ASCII))


def _spacing(found: re.Match[str]) -> str:
    return "" if found[0] in ("$", "\\!") else " "


def _degreeless(text: str) -> str:
    """Degrees are a unit, except as the argument of a trigonometric function."""
    text = _TEMPERATURE.sub("", text)
    if _TRIGONOMETRY.search(text):
        return text
    bare, count = _DEGREES.subn("", text)
    return bare.replace(",", ", ") if count > 1 else bare  # 60,120 is no number here


def _unwrapped(text: str) -> str:
    for _ in range(3):  # \textbf{\text{...}}: deeper nesting is not an answer
        text = _TEXT.sub(r" \1 ", text)
    return text


def _braced_fraction(found: re.Match[str]) -> str:
    return rf"\frac{{{found[1]}}}" + (f"{{{found[2]}}}" if found[2] else "")


def _ungrouped(text: str) -> str:
    """1,234,567 and 1 234 567 as one number, where that is all: elsewhere a comma lists."""
    if found := _COMMAS.fullmatch(text):
        return found[1] + found[2].replace(",", "") + found[3]
    return text.replace(" ", "") if _DIGIT_SPACES.fullmatch(text) else text


def _pieces(text: str) -> list[tuple[str, bool]]:
    """(piece, whether a space came before it), names made canonical."""
    return [(_named(found[2]), bool(found[1])) for found in _TOKEN.finditer(text)]


def _named(piece: str) -> str:
    if piece[0] != "\\" or not piece[1:].isalpha():
        piece = _NAMES[piece] if piece == "bmatrix" else piece
        return {"*": r"\cdot", r"\{": r"\{", r"\}": r"\}"}.get(
            piece, _PLAIN_NAMES.get(piece, piece)
        )
    name = piece[1:]
    if name in _SILENT:
        return ""
    new = _NAMES.get(name, name)
    if new in ("{", "}"):
        return "\\" + new
    return "\\" + new if new.isalpha() else new


def _joined(pieces: list[tuple[str, bool]]) -> str:
    parts: list[str] = []
    for index, (piece, spaced) in enumerate(pieces):
        before = parts[-1] if parts else "("
        after = pieces[index + 1][0] if index + 1 < len(pieces) else ""
        if not piece or (piece == "+" and before[-1] in "(,[{"):
            continue
        if piece == r"\cdot" and _implied(before, after):
            continue
        parts.append(" " + piece if _apart(before, piece, spaced) else piece)
    return "".join(parts)


def _implied(before: str, after: str) -> bool:
    """Whether a product needs no sign: 4*t is 4t, but 2*3 is not 23."""
    return (
        before[-1].isdigit()
        and bool(after)
        and not after[0].isdigit()
        and after not in (r"\frac", ".")
    )


def _apart(before: str, piece: str, spaced: bool) -> bool:
    word = before.strip()
    if word[0] == "\\" and word[1:].isalpha():
        return piece[0].isalnum()
    if word[-1].isdigit() and (piece[0].isdigit() or piece[0] == "."):
        return True
    return spaced and word.isalpha() and piece.isalpha() and len(word + piece) > 2
