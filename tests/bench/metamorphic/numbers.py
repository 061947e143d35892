r"""Numbers: integers, decimals, fractions, percentages, money, units, degrees, roots, constants."""

import random
from fractions import Fraction
from typing import Any

import sympy

from tests.bench.metamorphic.kind import Kind

WIDE = str.maketrans("0123456789-.,%", "０１２３４５６７８９－．，％")
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def integers(n: int) -> list[str]:
    grouped = f"{n:,}"
    spelt = [
        str(n), f"{n}.", f"{n}.0", f"{n}.00", f" {n} ", f"\\text{{{n}}}", f"\\mathbf{{{n}}}",
        f"x = {n}", f"n={n}", f"{{{n}}}", str(n).translate(WIDE), str(n).replace("-", "−"),
        grouped, grouped.replace(",", "{,}"), grouped.replace(",", "\\,"), f"{n+7} - 7",
        grouped.replace(",", ",\\!"), f"\\left({n}\\right)", f"\\displaystyle {n}", f"${n}$",
        f"\\({n}\\)", f"\\mathrm{{{n}}}", f"\\frac{{{2 * n}}}{{2}}", f"{n}\\,", f"\\textbf{{{n}}}",
        f"\\underline{{{n}}}", f"\\color{{red}}{{{n}}}" if n > 0 else str(n), f"**{n}**",
        f"\\boxed{{{n}}}", f"{n}\\text{{.}}", grouped.replace(",", "，"), f"= {n}", f"{n}!" * 0,
    ]  # fmt: skip
    return [text for text in spelt if text.strip()]


def near(n: int, _rng: random.Random) -> list[int]:
    text = str(abs(n))
    swapped = int(text[1] + text[0] + text[2:]) if len(text) > 1 else abs(n) + 3
    return [m for m in (n + 1, n - 1, n * 10, -n, n + 1000, swapped, int(f"{n}7")) if m != n]


def decimal_text(value: Fraction, digits: int = 12) -> str:
    return str(sympy.N(sympy.Rational(value.numerator, value.denominator), digits))


def decimals(value: Fraction) -> list[str]:
    plain = f"{float(value):.10f}".rstrip("0")
    top, bottom = value.numerator, value.denominator
    sign, body = ("-", plain[1:]) if plain[0] == "-" else ("", plain)
    return [
        plain, plain + "0", plain + "00", sign + body.removeprefix("0"), plain.translate(WIDE),
        f"\\frac{{{top}}}{{{bottom}}}", f"{top}/{bottom}", f"${plain}$", f"\\text{{{plain}}}",
        f"{float(value) * 10:.9f}\\times 10^{{-1}}", f"x={plain}", f"{plain} ", f"+{plain}" if top > 0 else plain,
        f"{float(value):.6e}", f"\\approx {plain}", f"{top * 3}/{bottom * 3}",
    ]  # fmt: skip


def fractions(value: Fraction) -> list[str]:
    top, bottom = value.numerator, value.denominator
    minus, size = ("-", -top) if top < 0 else ("", top)
    spelt = [
        f"{minus}\\frac{{{size}}}{{{bottom}}}", f"{minus}\\dfrac{{{size}}}{{{bottom}}}",
        f"{minus}\\tfrac{{{size}}}{{{bottom}}}", f"\\frac{{{top}}}{{{bottom}}}", f"{top}/{bottom}",
        f"\\frac{{{-top}}}{{{-bottom}}}", f"({top})/({bottom})", f"\\frac{{{2*top}}}{{{2*bottom}}}",
        f"{{{top} \\over {bottom}}}", f"\\left({minus}\\frac{{{size}}}{{{bottom}}}\\right)",
        f"{top}÷{bottom}", f"{top}⁄{bottom}", f"{top} / {bottom}", f"{top} \\div {bottom}",
        f"{minus}{{{size}}}/{{{bottom}}}", f"{top}\\cdot\\frac{{1}}{{{bottom}}}", f"{minus}\\cfrac{{{size}}}{{{bottom}}}",
        f"x=\\frac{{{top}}}{{{bottom}}}", f"\\frac{{ {top} }}{{ {bottom} }}", f"{top}\\cdot {bottom}^{{-1}}",
        decimal_text(value, 15), decimal_text(value, 9), f"${minus}\\frac{{{size}}}{{{bottom}}}$",
        f"\\displaystyle\\frac{{{top}}}{{{bottom}}}", f"{top}\\,/\\,{bottom}", f"\\frac {{{top}}} {{{bottom}}}",
        f"{minus}\\frac{{\\text{{{size}}}}}{{\\text{{{bottom}}}}}", f"{top*3}/{bottom*3}",
    ]  # fmt: skip
    if 0 < size < 10 and bottom < 10:
        spelt += [f"{minus}\\frac{size}{bottom}", f"{minus}\\dfrac {size} {bottom}"]
    return spelt


def near_fractions(value: Fraction, _rng: random.Random) -> list[Fraction]:
    rough = Fraction(round(float(value), 3)).limit_denominator(1000)
    found = [
        value + Fraction(1, value.denominator),
        1 / value,
        -value,
        rough,
        value * 10,
        value + 1,
    ]
    return [other for other in found if other != value]


def mixed(value: Fraction) -> list[str]:
    whole, rest = divmod(value, 1)
    a, b = rest.numerator, rest.denominator
    return [
        f"{whole}\\frac{{{a}}}{{{b}}}", f"{whole} \\frac{{{a}}}{{{b}}}", f"{whole} {a}/{b}",
        f"{whole}\\dfrac{{{a}}}{{{b}}}", f"{whole}\\tfrac{{{a}}}{{{b}}}", f"{whole}\\ \\frac{{{a}}}{{{b}}}",
        f"{whole}\\,\\frac{{{a}}}{{{b}}}", f"{whole}+\\frac{{{a}}}{{{b}}}", f"{value.numerator}/{b}",
        f"\\frac{{{value.numerator}}}{{{b}}}", decimal_text(value, 12), f"{whole} + {a}/{b}",
        f"{whole}~\\frac{{{a}}}{{{b}}}", f"{whole}\\frac{a}{b}" if max(a, b) < 10 else f"{whole} {a}/{b}",
    ]  # fmt: skip


def percentages(value: Fraction) -> list[str]:
    n = f"{float(value):g}"
    return [
        f"{n}\\%", f"{n}%", f"{n} %", f"{n} \\%", f"{n} percent", f"{n}\\text{{ percent}}", n,
        f"{n}\\text{{%}}", f"${n}\\%$", f"{n}\\,\\%", f"{n}.0\\%" if "." not in n else f"{n}0\\%",
        n.translate(WIDE) + "％", f"{n}\\text{{\\%}}", f"{value.numerator}/{value.denominator}\\%",
    ]  # fmt: skip


def money(cents: int) -> list[str]:
    n, grouped = f"{cents / 100:.2f}", f"{cents / 100:,.2f}"
    return [
        f"\\${n}", f"\\${grouped}", n, f"{n} dollars", f"{n}\\text{{ dollars}}", f"\\$ {n}",
        f"\\text{{\\$}}{n}", f"\\$\\,{n}", f"{n} USD", f"USD {n}", f"\\mathdollar {n}", f"{grouped}",
        f"\\${n}\\text{{ dollars}}", f"{n}\\$", f"\\text{{{n} dollars}}", f"US\\${n}", f"{n}\\text{{ USD}}",
    ]  # fmt: skip


UNITS = {
    "cm": ("cm", "centimeters", "\\text{cm}"), "m": ("m", "meters", "\\mathrm{m}"),
    "km/h": ("km/h", "kilometers per hour", "\\text{km/h}"), "m/s": ("m/s", "meters per second"),
    "hours": ("hours", "hrs", "h"), "kg": ("kg", "kilograms"), "miles": ("miles", "mi"),
    "cm^2": ("cm^2", "square centimeters", "cm²", "\\text{cm}^2", "\\text{ cm}^{2}", "sq cm"),
    "in^3": ("in^3", "cubic inches", "\\text{in}^3", "\\text{ inches}^3"), "minutes": ("min", "minutes"),
    "apples": ("apples",), "students": ("students",), "ways": ("ways",), "feet": ("ft", "feet"),
    "units": ("units",), "mph": ("mph", "miles per hour"), "years": ("years old", "years"),
    "liters": ("L", "liters", "litres"), "g": ("g", "grams"), "people": ("people", "人"), "元": ("元", "yuan"),
    "km": ("km", "\\mathrm{km}", "kilometers"), "square units": ("square units", "\\text{units}^2"),
    "J": ("J", "\\mathrm{J}", "joules"), "N": ("\\mathrm{N}", "newtons"), "mL": ("mL", "ml"),
    "days": ("days",), "cents": ("cents", "¢"), "ft^2": ("ft^2", "square feet", "\\text{ft}^2"),
}  # fmt: skip


def measured(value: tuple[int, str]) -> list[str]:
    n, unit = value
    texts = [f"{n}", f"x = {n}"]
    for name in UNITS[unit]:
        if name.startswith("\\"):
            texts += [f"{n}{name}", f"{n}\\ {name}", f"{n}~{name}", f"{n} {name}", f"{n}\\,{name}"]
            continue
        texts += [
            f"{n} {name}",
            f"{n}\\text{{ {name}}}",
            f"{n}\\ \\text{{{name}}}",
            f"\\text{{{n} {name}}}",
        ]
        texts += [f"{n}\\,\\mathrm{{{name}}}", f"{n} \\mathrm{{~{name}}}", f"{n}\\mbox{{ {name}}}"]
    return [text for text in texts if "mathrm{square" not in text]


def degrees(n: int) -> list[str]:
    return [
        f"{n}^\\circ", f"{n}^{{\\circ}}", f"{n}°", f"{n} degrees", f"{n}\\text{{ degrees}}", f"{n}",
        f"{n}\\degree", f"{n}º", f"{n}^{{\\circ }}", f"{n} ^\\circ", f"\\angle A = {n}^\\circ",
        f"{n}^{{\\text{{o}}}}", f"{n}^\\text{{o}}", f"{n}\\,^\\circ", f"{n}.0^\\circ", f"\\theta={n}°",
    ]  # fmt: skip


def scientific(value: tuple[int, int]) -> list[str]:
    m, e = value  # m / 100 * 10^e
    lead, raised = f"{m / 100:g}", str(e).translate(RAISED)
    exact = sympy.Rational(m, 100) * sympy.Integer(10) ** e
    spelt = [
        f"{lead}\\times 10^{{{e}}}", f"{lead} \\times 10^{{{e}}}", f"{lead}\\cdot 10^{{{e}}}",
        f"{lead} × 10^{{{e}}}", f"{lead}×10{raised}", f"{lead}e{e}", f"{lead}E{e}", f"{lead}*10^{e}" if e > 0 else f"{lead}*10^({e})",
        f"{lead}*10^{{{e}}}", f"{m}\\times 10^{{{e - 2}}}", f"{lead}\\,\\times\\,10^{{{e}}}", f"{lead} \\ast 10^{{{e}}}",
    ]  # fmt: skip
    plain = str(exact) if exact.is_Integer else f"{float(exact):.{abs(e) + 3}f}"
    return [*spelt, plain, f"{lead}*10**{e}", f"{lead}\\mathrm{{E}}{e}" if e > 0 else plain]


def repeating(value: tuple[int, str, str]) -> list[str]:
    whole, places, cycle = value
    nines = (10 ** len(cycle) - 1) * 10 ** len(places)
    fraction = whole + Fraction(int(places or 0), 10 ** len(places)) + Fraction(int(cycle), nines)
    head = f"{whole}.{places}"
    spelt = [
        f"{head}\\overline{{{cycle}}}", f"{head}\\bar{{{cycle}}}", f"{head}({cycle})",
        f"\\frac{{{fraction.numerator}}}{{{fraction.denominator}}}", f"{fraction.numerator}/{fraction.denominator}",
        f"{head}\\overline {{{cycle}}}", f"{head}{cycle * (24 // len(cycle))}", f"{head}\\overline{{{cycle * 2}}}",
        f"{head}{cycle}\\overline{{{cycle}}}", f"{head}{cycle * 3}\\ldots" if len(cycle) == 1 else head + cycle * 4 + "...",
    ]  # fmt: skip
    return [*spelt, f"{head}\\dot{{{cycle}}}"] if len(cycle) == 1 else spelt


def repeating_value(value: tuple[int, str, str]) -> Fraction:
    whole, places, cycle = value
    return Fraction(f"{whole}.{places or 0}") + Fraction(
        int(cycle), (10 ** len(cycle) - 1) * 10 ** len(places)
    )


def in_digits(n: int, base: int) -> str:
    digits = ""
    while n:
        n, digit = divmod(n, base)
        digits = "0123456789ABCDEF"[digit] + digits
    return digits


def based(value: tuple[int, int]) -> list[str]:
    n, base = value
    d = in_digits(n, base)
    return [
        f"{d}_{base}" if base < 10 else f"{d}_{{{base}}}", f"{d}_{{{base}}}", f"({d})_{{{base}}}", d, f"{d}_{{\\text{{{base}}}}}",
        f"({d})_{base}" if base < 10 else d, f"{d}_{{({base})}}", f"{d} \\text{{ (base {base})}}", f"{d}\\text{{ in base }}{base}",
        f"\\text{{{d}}}_{{{base}}}", f"{d} base {base}", f"{d}_{{\\text{{ten}}}}" if base == 10 else d, f"\\left({d}\\right)_{{{base}}}",
    ]  # fmt: skip


def near_based(value: Any, rng: random.Random) -> list[Any]:
    n, base = value
    return [(n + 1, base), (n + base, base), (n * 2 + 1, base)]


KINDS = (
    Kind("integer", lambda r: r.choice((r.randint(2, 99), r.randint(100, 9999999), -r.randint(2, 5000))), integers, near,
         golds=lambda n: [str(n), f"{n:,}", f"{n}.0", f"{n:,}".replace(",", "{,}")]),
    Kind("decimal", lambda r: Fraction(r.choice((r.randint(101, 9999), -r.randint(11, 999))) * 10 + r.choice((1, 3, 7, 5)), 1000), decimals,
         lambda v, r: [v + Fraction(1, 1000), v * 10, -v, v + 1, v / 10],
         golds=lambda v: decimals(v)[:6]),
    Kind("fraction", lambda r: Fraction(r.choice((-1, 1)) * r.randint(1, 40), r.choice((3, 7, 9, 11, 13, 17, 21, 37, 8, 16))) + Fraction(1, 1001),
         fractions, near_fractions, golds=lambda v: fractions(v)[:5]),
    Kind("small fraction", lambda r: r.choice([Fraction(a, b) for a in range(1, 10) for b in (3, 4, 5, 7, 8, 9) if Fraction(a, b).denominator == b]),
         fractions, near_fractions, golds=lambda v: fractions(v)[:5]),
    Kind("mixed number", lambda r: r.randint(2, 20) + Fraction(r.randint(1, 8), 9), mixed,
         lambda v, r: [v + 1, v - Fraction(1, 9), v.numerator * Fraction(1, 10), (v // 1) * (v % 1)]),
    Kind("percentage", lambda r: Fraction(r.randint(11, 995), 10), percentages, lambda v, r: [v / 100, v + 1, v * 10, -v]),
    Kind("money", lambda r: r.randint(150, 9999999), money, lambda v, r: [v + 1, v + 100, v * 10, v - 10]),
    Kind("unit", lambda r: (r.randint(2, 900), r.choice(sorted(UNITS))), measured, lambda v, r: [(v[0] + 1, v[1]), (v[0] * 10, v[1])]),
    Kind("degrees", lambda r: r.randint(1, 359), degrees, lambda v, r: [v + 1, 360 - v if v != 180 else 90, v * 10], golds=lambda n: degrees(n)[:8]),
    Kind("scientific", lambda r: (r.randint(101, 999), r.choice((3, 5, 8, 12, 23, -3, -5, -9))), scientific,
         lambda v, r: [(v[0] + 1, v[1]), (v[0], v[1] + 1), (v[0], -v[1])], golds=lambda v: scientific(v)[:6]),
    Kind("repeating decimal", lambda r: (r.randint(0, 3), r.choice(("", "1", "05")), r.choice(("3", "6", "27", "142857", "09", "18"))), repeating,
         lambda v, r: [(v[0] + 1, *v[1:]), (v[0], v[1] + "2", v[2])], golds=lambda v: repeating(v)[:5]),
    Kind("base", lambda r: (r.randint(40, 4000), r.choice((2, 3, 5, 6, 7, 8, 9, 12, 16))), based, near_based),
)  # fmt: skip
