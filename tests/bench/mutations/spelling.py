"""The same mathematics, spelled in another way: LaTeX and Unicode."""

import random
import re

from tests.bench.mutations.text import Edit, Repl, Rule, edits_of, replaced, segments

_DIMS = (
    r"matri|grid|board|array|rectang|square|box|\bby\b|dimension|cube|table|tile|block|room"
    r"|picture|sheet|paper|prism|vector|poster|card|pool|garden|lattice|mathbf|vec"
)
_LATEX: list[Rule] = [
    ("latex.dfrac", "x", r"\\frac(?![a-zA-Z])", r"\\dfrac"),
    ("latex.dfrac", "x", r"\\[dt]frac", r"\\frac"),
    ("latex.tfrac", "x", r"\\d?frac(?![a-zA-Z])", r"\\tfrac"),
    ("latex.frac_short", "x", r"\\([dt]?)frac\{(\d)\}\{(\d)\}(?!\d)", r"\\\1frac\2\3"),
    ("latex.frac_long", "x", r"\\([dt]?)frac *(\d)(\d)(?!\d)", r"\\\1frac{\2}{\3}"),
    (
        "latex.frac_slash",
        "a",
        r"(?<![\w}])(?<!\d )\$\\[dt]?frac\{(\d+)\}\{(\d+)\}\$(?![-\w^])",
        r"$\1/\2$",
    ),
    (
        "latex.left_right",
        "x",
        r"\\(?:left|right)\s*(?=[()\[\]|]|\\[{}]|\\[lr](?:fl|c|an|v))",
        "",
        r"\\(?:left|right)\s*\.",
    ),
    (
        "latex.left_right",
        "m",
        r"(?<!big)(?<!bigg)\(([^()&]*)\)",
        r"\\left(\1\\right)",
        r"\\left|\$\(",
    ),
    ("latex.cdot", "m", r"(\d)\s*\\cdot\s*(?=\d)", r"\1 \\times "),
    ("latex.cdot", "m", r"(\d)\s*\\times\s*(?=\d)", r"\1 \\cdot ", _DIMS),
    ("latex.asterisk", "m", r"(\d)\s*\\(?:cdot|times)\s*(?=\d)", r"\1 * ", _DIMS),
    ("latex.leq", "x", r"\\leq(?![a-z])", r"\\le"),
    ("latex.leq", "x", r"\\le(?![a-zA-Z])", r"\\leq"),
    ("latex.leq", "x", r"\\leq?(?![a-zA-Z])", r"\\leqslant"),
    ("latex.geq", "x", r"\\geq(?![a-z])", r"\\ge"),
    ("latex.geq", "x", r"\\ge(?![a-zA-Z])", r"\\geq"),
    ("latex.neq", "x", r"\\neq(?![a-z])", r"\\ne"),
    ("latex.neq", "x", r"\\ne(?![a-zA-Z])", r"\\neq"),
    ("latex.space_drop", "x", r"(?<!\\)\\[,!;:] ?", ""),
    ("latex.quad", "x", r"\\q?quad\b *", "  "),
    ("latex.space_add", "m", r"(?<![<>=!:&\\]) ?(?<![&\\])= ?", r"\\,=\\;"),
    ("latex.tilde", "q", r"(?<=[a-z]) (?=\0)", "~"),
    ("latex.text", "x", r"\\text\{([^{}$]*)\}", r"\\textrm{\1}"),
    ("latex.text", "x", r"\\text\{([^{}$]*)\}", r"\\mbox{\1}"),
    ("latex.text", "x", r"\\mbox\{|\\mathrm\{|\\textrm\{", r"\\text{"),
    ("latex.mathrm", "x", r"\\text\{([A-Za-z]+)\}", r"\\mathrm{\1}"),
    (
        "latex.unit_bare",
        "x",
        (
            r"\\(?:text|mathrm|mbox)\{ *(cm|m|km|ft|mm|kg|cm\.|in\.|inches"
            r"|feet)\}"
        ),
        r" \1",
    ),
    ("latex.brace_add", "m", r"([_^])([A-Za-z0-9])", r"\1{\2}"),
    ("latex.brace_drop", "m", r"([_^])\{([A-Za-z0-9])\}(?!\d)", r"\1\2"),
    ("latex.degree", "x", r"\^\\circ(?![a-z])", r"^{\\circ}"),
    ("latex.degree", "x", r"\^\{\\circ\}", r"^\\circ"),
    ("latex.percent", "a", r"\\%", "%"),
    ("latex.percent", "n", r"%", r"\\%"),
    ("latex.dollar", "a", r"(?<!\\)\\\$", "$"),
    ("latex.dollar", "n", r"(?<!\\)\$(?=\d)", r"\\$"),
    ("latex.grouping", "a", r"(?<=\d)(?:\{,\}|,\\!\\?)(?=\d{3})", ","),
    (
        "latex.grouping",
        "m",
        r"(?<![\d.,({\[])(\d{1,3}),(\d{3})(?![\d,)}\]])",
        r"\1{,}\2",
        r"\(\d+,",
    ),
    ("latex.displaystyle", "x", r"\\displaystyle\s*", ""),
    (
        "latex.displaystyle",
        "a",
        r"(?<![\\$\w])\$(?=\\[dt]?(?:frac|sum|int|prod))",
        r"$\\displaystyle",
    ),
    ("latex.ldots", "x", r"\\[lc]dots(?![a-z])", r"\\dots"),
    ("latex.ldots", "x", r"\\dots(?![a-z])", r"\\ldots"),
    ("latex.dots_ascii", "x", r"\\[lc]?dots(?![a-z])", "..."),
    ("latex.style_drop", "a", r"\\(?:textbf|emph|textit|underline|bold)\{([^{}]*)\}", r"\1"),
    (
        "latex.env",
        "a",
        r"\\begin\{align\*?\}(.*?)\\end\{align\*?\}",
        r"\\[\\begin{aligned}\1\\end{aligned}\\]",
    ),
    ("latex.sqrt", "x", r"\\sqrt\{(\d)\}(?!\d)", r"\\sqrt\1"),
    ("latex.sqrt", "x", r"\\sqrt *(\d)(?!\d)", r"\\sqrt{\1}"),
    ("latex.binom", "x", r"\\[dt]?binom\{(\w+)\}\{(\w+)\}", r"{\1 \\choose \2}"),
    ("latex.pmod", "x", r"\\pmod *(?:\{([^{}]*)\}|(\d))", r"\\ (\\text{mod}\\ \1\2)"),
    ("latex.triangle", "a", r"(?<!\\)\$\\(triangle|angle) *([A-Z]{1,3})\$", r"\1 $\2$"),
    ("latex.triangle", "a", r"\b(triangle|angle) \$([A-Z]{1,3})\$", r"$\\\1 \2$"),
    ("latex.arrow", "x", r"\\to(?![a-z])", r"\\rightarrow"),
    ("latex.operator", "x", r"\\operatorname\{(\w+)\}", r"\\text{\1}"),
    ("latex.tight", "m", r"(?<=[\w)}]) +([-+=<>]) +(?=[\w({\\])", r"\1"),
    ("latex.loose", "m", r"(?<=[\w)}])([-+=<>])(?=[\w({\\])", r" \1 "),
    ("latex.number_bare", "a", r"(?<![\\\w$])\$(\d+)\$", r"\1"),
    ("latex.number_math", "q", r"(?<![\w.,:/$\\(-])(\d+)(?![\w,:/%)-]|\.\d)", r"$\1$"),
    ("latex.double_escaped", "a", r"\\(?=[A-Za-z])", r"\\\\"),
    (
        "latex.json_unescaped",
        "a",
        r"(?<!\\)\\([fbt])(?=[a-z]{2})",
        lambda m, _: {"f": "\f", "b": "\b", "t": "\t"}[m[1]],
    ),
]


def delims(style: str) -> Edit:
    pairs = {
        "paren": (r"\(", r"\)", r"\[", r"\]"),
        "dollars": ("$", "$", "$$", "$$"),
        "double": ("$$", "$$", "$$", "$$"),
        "inline": ("$", "$", " $", "$ "),
        "padded": ("$ ", " $", "\n\\[\n", "\n\\]\n"),
        "stripped": ("", "", " ", " "),
    }[style]

    def run(text: str, _: random.Random) -> str:
        sites: list[tuple[int, int, str]] = []
        for start, end in segments(text):
            body = text[start:end]
            display = body.startswith(("$$", r"\["))
            if body[0] == "$" or body[:2] in (r"\[", r"\("):
                cut = 2 if body[0] == "\\" or display else 1
                left, right = pairs[2:] if display else pairs[:2]
                sites.append((start, end, left + body[cut:-cut].strip() + right))
        return replaced(text, sites)

    return run


_CHARS = {
    "times": "times 00d7 cdot 00b7 div 00f7 pm 00b1",
    "relations": "le 2264 leq 2264 ge 2265 geq 2265 ne 2260 neq 2260 approx 2248 equiv 2261",
    "greek": "pi 03c0 theta 03b8 alpha 03b1 beta 03b2 gamma 03b3 omega 03c9 phi 03c6 mu 03bc",
    "symbols": "infty 221e angle 2220 triangle 25b3 to 2192 in 2208 cup 222a cap 2229 ldots 2026 "
    "dots 2026 cdots 22ef perp 22a5 lfloor 230a rfloor 230b lceil 2308 rceil 2309",
}
_HALVES = {"12": "\u00bd", "14": "\u00bc", "34": "\u00be", "13": "\u2153", "23": "\u2154"}
_MINUS = "\u2212"


def _command_char(names: str) -> tuple[str, Repl]:
    words = names.split()
    table = {a: chr(int(b, 16)) for a, b in zip(words[::2], words[1::2], strict=True)}
    return rf"\\({'|'.join(table)})(?![A-Za-z])", lambda m, _: table[m[1]]


def _italic(m: re.Match[str], _: random.Random) -> str:
    base = 0x1D44E - ord("a") if m[0] >= "a" else 0x1D434 - ord("A")
    return "\u210e" if m[0] == "h" else chr(base + ord(m[0]))


def _fullwidth(m: re.Match[str], _: random.Random) -> str:
    return chr(0xFF10 + int(m[0]))


def _quote(m: re.Match[str], _: random.Random) -> str:
    if m[0] in ("``", "''"):
        return "\u201c" if m[0] == "``" else "\u201d"
    opening = m.start() == 0 or m.string[m.start() - 1] in " (\n"
    return ("\u201c\u201d" if m[0] == '"' else "\u2018\u2019")[0 if opening else 1]


def sometimes(new: str, share: float) -> Repl:
    return lambda m, rng: new if rng.random() < share else m[0]


_UNICODE: list[Rule] = [
    *[(f"unicode.{name}", "x", *_command_char(names)) for name, names in _CHARS.items()],
    ("unicode.times", "n", r"(?<=\d) ?[x*] ?(?=\d)", "\u00d7"),
    ("unicode.minus", "m", r"(?<!-)-(?!-)", _MINUS),
    ("unicode.sqrt", "m", r"\\sqrt\{(\d+|[a-z])\}", "\u221a\\1"),
    ("unicode.sqrt", "m", r"\\sqrt\{([^{}]{2,})\}", "\u221a(\\1)"),
    (
        "unicode.super",
        "m",
        r"\^(?:\{([023])\}|([023])(?!\d))",
        lambda m, _: {"0": "\u2070", "2": "\u00b2", "3": "\u00b3"}[m[1] or m[2]],
    ),
    ("unicode.sub", "m", r"_(?:\{(\d)\}|(\d)(?!\d))", lambda m, _: chr(0x2080 + int(m[1] or m[2]))),
    (
        "unicode.half",
        "x",
        r"\\[dt]?frac(?:\{([123])\}\{([234])\}|([123])([234])(?!\d))",
        lambda m, _: _HALVES.get((m[1] or m[3]) + (m[2] or m[4]), m[0]),
    ),
    (
        "unicode.half",
        "p",
        r"(?<![\w/.$,-])([123])/([234])(?![\w/]|\.\d)",
        lambda m, _: _HALVES.get(m[1] + m[2], m[0]),
    ),
    ("unicode.degree", "x", r" ?\^(?:\{\\circ\}|\\circ(?![a-z]))", "\u00b0"),
    ("unicode.degree", "p", r"(?<=\d)[ -]degrees?\b(?! of)", "\u00b0"),
    ("unicode.quotes", "p", r"``|''|[\"']", _quote),
    ("unicode.prime", "m", "'", "\u2032"),
    ("unicode.hyphen", "p", r"(?<=[A-Za-z])-(?=[a-z])", "\u2010"),
    ("unicode.en_dash", "p", r"(?<=\w)-(?=[a-z])", "\u2013"),
    ("unicode.em_dash", "p", r" -{1,3} |(?<=[a-z])---?(?=[a-z])", "\u2014"),
    ("unicode.nbsp", "p", r"(?<=\w) (?=[\w$])", sometimes("\u00a0", 0.4)),
    ("unicode.zero_width", "p", r"(?<=[a-z,]) (?=[a-z])", sometimes(" \u200b", 0.3)),
    ("unicode.soft_hyphen", "p", r"(?<=[a-z]{4})(?=[a-z]{4})", sometimes("\u00ad", 0.3)),
    ("unicode.fullwidth", "a", r"(?<![\\A-Za-z])\d", _fullwidth),
    ("unicode.ellipsis", "a", r"\.\.\.", "\u2026"),
    (
        "unicode.ligature",
        "p",
        r"(?<=[a-z])f[il]|\bf[il](?=[a-z])",
        lambda m, _: "\ufb01" if m[0] == "fi" else "\ufb02",
    ),
    ("unicode.math_italic", "v", r"(?<![A-Za-z])[a-zA-Z](?![A-Za-z])", _italic),
]


LATEX_EDITS = {
    **edits_of(_LATEX, everywhere=True),
    **{
        f"latex.delims_{s}": delims(s)
        for s in ("paren", "dollars", "double", "inline", "padded", "stripped")
    },
}
UNICODE_EDITS = edits_of(_UNICODE, everywhere=True)
SPELLING = {**LATEX_EDITS, **{k: v for k, v in UNICODE_EDITS.items() if "width" not in k}}
ODD = r"escaped|stripped|fullwidth|delims|number_|italic|dollar|percent"
