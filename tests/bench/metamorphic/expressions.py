r"""Roots, constants, complex numbers, expressions with variables, equations: values are sympy's."""

import random
from typing import Any

import sympy
from sympy import Expr, Integer, Rational, latex, sqrt, symbols

from tests.bench.metamorphic.kind import Kind
from tests.bench.metamorphic.numbers import RAISED

x, y, n = symbols("x y n")
I = sympy.I  # noqa: E741


def surds(value: tuple[int, int]) -> list[str]:
    a, b = value
    return [
        f"{a}\\sqrt{{{b}}}", f"{a}\\sqrt{b}" if b < 10 else f"{a} \\sqrt{{{b}}}", f"\\sqrt{{{a * a * b}}}",
        f"{a}√{b}", f"{a}√({b})", f"{a}*sqrt({b})", f"{a}sqrt({b})", f"{a} sqrt({b})", f"{a}\\cdot\\sqrt{{{b}}}",
        f"\\sqrt{{{b}}}\\cdot {a}", f"{a}\\times\\sqrt{{{b}}}", f"{a}\\cdot {b}^{{1/2}}", f"{a}\\cdot {b}^{{\\frac{{1}}{{2}}}}",
        f"\\frac{{{a * b}}}{{\\sqrt{{{b}}}}}", f"{a * b}/\\sqrt{{{b}}}", str(sympy.N(a * sqrt(b), 14)), f"{a}\\,\\sqrt{{{b}}}",
        f"\\frac{{{a * b}\\sqrt{{{b}}}}}{{{b}}}", f"\\left({a}\\sqrt{{{b}}}\\right)", f"\\sqrt{{{a}^2\\cdot {b}}}",
        f"{a}{{\\sqrt{{{b}}}}}", f"{a}\\sqrt[2]{{{b}}}", f"{a}\\sqrt {{{b}}}", f"{a}*\\sqrt{{{b}}}", f"{a}\\sqrt{{\\mathstrut {b}}}" if 0 else f"x={a}\\sqrt{{{b}}}",
    ]  # fmt: skip


def near_surds(value: tuple[int, int], _rng: random.Random) -> list[Any]:
    a, b = value
    return [
        (a + 1, b),
        (a, b + 4 if b != 5 else 13),
        (b, a) if a not in (1, 4, 9, 16) and a * a * b != b * b * a else (a + 2, b),
    ]


def binomial_surds(value: tuple[int, int, int, int]) -> list[str]:
    a, b, c, d = value
    root, sign, size = f"\\sqrt{{{c}}}", "+" if b > 0 else "-", abs(b) if abs(b) != 1 else ""
    top = f"{a}{sign}{size}{root}"
    return [
        f"\\frac{{{top}}}{{{d}}}", f"\\dfrac{{{top}}}{{{d}}}", f"({top})/{d}", f"\\frac{{{a}}}{{{d}}}{sign}\\frac{{{size}{root}}}{{{d}}}",
        f"\\frac{{{a} {sign} {size} {root}}}{{{d}}}", f"\\frac{{{b}{root}+{a}}}{{{d}}}", f"\\frac{{1}}{{{d}}}({top})",
        f"({a}{sign}{size}sqrt({c}))/{d}", f"({a} {sign} {size}√{c})/{d}", f"\\frac{{{a}}}{{{d}}}+\\frac{{{b}}}{{{d}}}{root}",
        f"\\frac{{{2 * a}{sign}{2 * abs(b)}{root}}}{{{2 * d}}}", f"{{{top} \\over {d}}}", str(sympy.N((a + b * sqrt(c)) / d, 16)),
        f"\\frac1{{{d}}}\\left({top}\\right)", f"\\left({top}\\right)/{d}", f"\\frac{{{a * a - b * b * c}}}{{{d}({a}-{b}{root})}}".replace("--", "+"),
    ]  # fmt: skip


def roots(value: tuple[int, int]) -> list[str]:
    a, k = value
    spelt = [
        f"\\sqrt[{k}]{{{a}}}",
        f"{a}^{{1/{k}}}",
        f"{a}^{{\\frac{{1}}{{{k}}}}}",
        f"{a}^{{\\frac1{k}}}",
        f"{a}^(1/{k})",
        f"\\sqrt[{k}] {{{a}}}",
        f"{{{a}}}^{{1/{k}}}",
    ]
    return spelt + ([f"∛{a}", f"\\sqrt[3]{{{a}}}"] if k == 3 else [f"\\sqrt{{\\sqrt{{{a}}}}}"])


def constants(value: tuple[int, int, str]) -> list[str]:
    a, b, c = value
    word = {"\\pi": ("pi", "π"), "e": ("e", "\\mathrm{e}")}[c]
    return [
        f"\\frac{{{a}{c}}}{{{b}}}", f"\\frac{{{a}}}{{{b}}}{c}", f"\\frac{{{a}}}{{{b}}} {c}", f"{a}{word[1]}/{b}", f"{a}{c}/{b}", f"\\frac{{{a}}}{{{b}}}\\cdot {c}",
        f"{a}*{word[0]}/{b}", f"({a}/{b}){word[0]}", f"\\dfrac{{{a}{word[1]}}}{{{b}}}", f"{c}\\cdot\\frac{{{a}}}{{{b}}}", f"\\frac{{{a} \\times {c}}}{{{b}}}",
        f"\\frac{{{2 * a} {c}}}{{{2 * b}}}", f"\\tfrac{{{a}}}{{{b}}}{c}", f"\\left(\\frac{{{a}}}{{{b}}}\\right){c}", f"{{{a}{c} \\over {b}}}",
        str(sympy.N(sympy.Rational(a, b) * (sympy.pi if c == "\\pi" else sympy.E), 15)), f"\\frac{{{a}}}{{{b}}}{word[1]}", f"({a}{word[0]})/{b}",
    ]  # fmt: skip


EXACT: Any = [
    (sympy.E**2, ["e^2", "e^{2}", "\\exp(2)", "\\mathrm{e}^2", "exp(2)", "e \\cdot e", "\\exp 2"]),
    (sympy.log(2), ["\\ln 2", "\\ln(2)", "ln(2)", "ln 2", "\\ln{2}", "\\log_e 2", "-\\ln\\frac12", "\\frac{\\ln 4}{2}", "\\ln\\left(2\\right)", "\\mathrm{ln}\\,2"]),
    (sympy.log(3, 2), ["\\log_2 3", "\\log_{2}3", "\\log_2(3)", "\\frac{\\ln 3}{\\ln 2}", "\\frac{\\log 3}{\\log 2}", "\\log_{2}{3}", "\\frac{1}{\\log_3 2}"]),
    (sympy.pi**2 / 6, ["\\frac{\\pi^2}{6}", "\\pi^2/6", "π²/6", "\\frac{1}{6}\\pi^2", "pi^2/6", "\\frac{\\pi^{2}}{6}"]),
    (Integer(1024), ["2^{10}", "1024", "1,024", "4^5", "2^10", "2^{10}", "32^2", "2 ^ {10}"]),
    (Integer(120), ["5!", "120", "\\binom{10}{3}", "{10 \\choose 3}", "\\dbinom{10}{3}", "5 \\cdot 4 \\cdot 3 \\cdot 2", "C(10,3)", "\\binom{10}{7}", "6!/6", "\\frac{6!}{3!}", "_{10}C_{3}"]),
    (sqrt(2) + sqrt(3), ["\\sqrt{2}+\\sqrt{3}", "\\sqrt3+\\sqrt2", "√2+√3", "sqrt(2)+sqrt(3)", "\\sqrt{5+2\\sqrt{6}}", "\\sqrt 2 + \\sqrt 3"]),
    (2 - sqrt(3), ["2-\\sqrt{3}", "-\\sqrt3+2", "\\frac{1}{2+\\sqrt{3}}", "\\tan 15^\\circ", "\\tan\\frac{\\pi}{12}", "2 - √3", "\\tan(15^{\\circ})", "\\tan\\left(\\frac{\\pi}{12}\\right)"]),
    (Integer(2) ** 100 - 2, ["2^{100}-2", "2(2^{99}-1)", "2^{100} - 2", "4^{50}-2", "1267650600228229401496703205374"]),
    (1 - sympy.exp(-1), ["1-\\frac{1}{e}", "1-1/e", "1-e^{-1}", "\\frac{e-1}{e}", "-e^{-1}+1", "1 - \\frac1e"]),
    (Integer(5) ** 20 * 3, ["3\\cdot 5^{20}", "3 \\times 5^{20}", "3*5^20", "5^{20}\\cdot3", "3(5^{20})", "286102294921875"]),
    (Rational(1, 2) ** 7, ["2^{-7}", "\\frac{1}{2^7}", "\\frac{1}{128}", "1/128", "\\left(\\frac{1}{2}\\right)^7", "(1/2)^7", "0.0078125", "\\frac{1}{2^{7}}"]),
    (sympy.atan(2), ["\\arctan 2", "\\arctan(2)", "\\tan^{-1} 2", "\\tan^{-1}(2)", "arctan(2)", "\\operatorname{arctan} 2", "\\arctan{2}"]),
    (sqrt(2 + sqrt(2)) / 2, ["\\frac{\\sqrt{2+\\sqrt{2}}}{2}", "\\cos\\frac{\\pi}{8}", "\\cos 22.5^\\circ", "\\frac12\\sqrt{2+\\sqrt2}", "\\sqrt{\\frac{2+\\sqrt{2}}{4}}"]),
    (sympy.factorial(20) / 2, ["\\frac{20!}{2}", "20!/2", "1216451004088320000", "1{,}216{,}451{,}004{,}088{,}320{,}000", "\\frac{1}{2}\\cdot 20!"]),
    (sympy.floor(sympy.pi * 100), ["314", "\\lfloor 100\\pi \\rfloor", "\\left\\lfloor 100\\pi\\right\\rfloor"]),
    (Rational(5050), ["5050", "\\sum_{k=1}^{100} k", "\\frac{100\\cdot 101}{2}", "\\frac{100(101)}{2}", "\\binom{101}{2}"]),
]  # fmt: skip


def complexes(value: tuple[int, int]) -> list[str]:
    a, b = value
    size, sign = abs(b), "+" if b > 0 else "-"
    coefficient = "" if size == 1 else str(size)
    return [
        f"{a}{sign}{coefficient}i", f"{a} {sign} {coefficient}i", f"{'-' if b < 0 else ''}{coefficient}i+{a}", f"{a}{sign}{coefficient}\\mathrm{{i}}",
        f"{a}{sign}{size}*i", f"\\frac{{{2 * a}{sign}{2 * size}i}}{{2}}", f"{a}{sign}i{coefficient}", f"z={a}{sign}{coefficient}i", f"{a}{sign}{coefficient}\\,i",
        f"({a}{sign}{coefficient}i)", f"\\left({a} {sign} {coefficient} i\\right)", f"{a}{sign}\\frac{{{2 * size}}}{{2}}i", f"i({b}-{a}i)",
    ]  # fmt: skip


POLYNOMIALS: Any = [
    (x + 1) * (x - 3), (2 * x + 1) * (x + 5), (x - 2) ** 3, x**4 - 5 * x**2 + 4, (x + y) ** 2, (x - y) * (2 * x + 3 * y), x**3 - 8, 3 * x**2 * y - 6 * x * y**2,
    (x**2 + 1) * (x - 1), -(x**2) + 7 * x - 12, 6 * x + 9, x**5 - x, (3 * x - 4) ** 2, x * (x + 1) * (x + 2) / 6, n * (n + 1) / 2, (n**2 + n + 2) / 2, Rational(3, 4) * x - Rational(1, 2),
]  # fmt: skip


def spelt(value: Expr) -> list[str]:
    forms = [
        value,
        sympy.expand(value),
        sympy.factor(value),
        sympy.together(value),
        sympy.collect(sympy.expand(value), x),
    ]
    texts = [write(form) for form in forms for write in (latex, plain, raised, starred, dotted)]
    texts += [latex(form, order=order) for form in forms[:3] for order in ("lex", "rev-lex")]
    terms = [latex(term) for term in sympy.Add.make_args(forms[1])][::-1]
    return [
        *texts,
        "+".join(terms).replace("+-", "-").replace("+ -", "-"),
        f"\\left({latex(value)}\\right)",
    ]


def plain(form: Expr) -> str:
    return str(form).replace("**", "^").replace("*", "")


def starred(form: Expr) -> str:
    return str(form).replace("**", "^")


def raised(form: Expr) -> str:
    text = plain(form)
    return "".join(
        c.translate(RAISED) if i and text[i - 1] == "^" else c for i, c in enumerate(text)
    ).replace("^", "")


def dotted(form: Expr) -> str:
    return latex(form, mul_symbol="dot").replace("\\frac", "\\dfrac")


def near_expressions(value: Expr, rng: random.Random) -> list[Expr]:
    swapped = value.subs({x: -x}) if sympy.expand(value.subs({x: -x}) - value) != 0 else value + x
    return [value + 1, value * 2, swapped, -value, value + rng.choice((x, x**2, n))]


RATIONALS: Any = [
    (x + 1) / (x - 2), 1 / (x**2 + 1), (x**2 - 1) / (2 * x), 1 / x + 1 / y, x / (x + y), (2 * x - 3) / (x + 4), 1 / (x * (x + 1)), (3 - 2 * x) / (5 * x - 1), x**2 / 4 + 1 / x, n / (n + 1), (y - x) / (x * y),
]  # fmt: skip
FUNCTIONS: Any = [
    (sympy.sin(x) ** 2, ["\\sin^2 x", "\\sin^2(x)", "(\\sin x)^2", "1-\\cos^2 x", "\\sin^{2}x", "sin(x)^2", "\\frac{1-\\cos 2x}{2}", "\\frac{1 - \\cos(2x)}{2}"]),
    (sympy.sin(2 * x), ["\\sin 2x", "\\sin(2x)", "2\\sin x\\cos x", "2 \\sin(x) \\cos(x)", "sin(2x)", "\\sin{2x}", "2\\cos x \\sin x"]),
    (x * sympy.exp(x), ["xe^x", "x e^{x}", "e^x x", "x\\cdot e^x", "x*e^x", "x\\exp(x)", "xe^{x}"]),
    (sympy.exp(-2 * x), ["e^{-2x}", "\\frac{1}{e^{2x}}", "\\exp(-2x)", "(e^{-x})^2", "e^{-2 x}", "e^(-2x)"]),
    (sympy.log(x + 1), ["\\ln(x+1)", "\\ln (1+x)", "\\ln\\left(x+1\\right)", "ln(x+1)", "\\log_e(x+1)"]),
    (2**n - 1, ["2^n-1", "2^n - 1", "2^{n}-1", "-1+2^n", "2\\cdot 2^{n-1}-1", "2^{n} - 1"]),
    (sqrt(1 - x**2), ["\\sqrt{1-x^2}", "(1-x^2)^{1/2}", "\\sqrt{(1-x)(1+x)}", "sqrt(1-x^2)", "√(1-x²)", "\\sqrt{-x^2+1}"]),
    (sympy.Abs(x - 3), ["|x-3|", "\\left|x-3\\right|", "|3-x|", "\\lvert x-3\\rvert", "\\vert x - 3 \\vert", "\\sqrt{(x-3)^2}"]),
    (sympy.binomial(n, 2), ["\\binom{n}{2}", "\\frac{n(n-1)}{2}", "n(n-1)/2", "\\frac{n^2-n}{2}", "{n \\choose 2}", "\\frac{1}{2}n(n-1)"]),
    (sympy.tan(x), ["\\tan x", "\\tan(x)", "\\frac{\\sin x}{\\cos x}", "tan(x)", "tan x", "\\frac{1}{\\cot x}"]),
    (sympy.sec(x), ["\\sec x", "\\frac{1}{\\cos x}", "\\sec(x)", "1/\\cos x"]),
    ((-1) ** n * (n + 1), ["(-1)^n(n+1)", "(n+1)(-1)^n", "(-1)^{n}(n+1)", "(-1)^n n+(-1)^n"]),
    (x ** Rational(2, 3), ["x^{2/3}", "x^{\\frac{2}{3}}", "\\sqrt[3]{x^2}", "x^\\frac23", "x^(2/3)"]),
    (3 * x**2 + sympy.cos(x), ["3x^2+\\cos x", "\\cos x + 3x^2", "3x^{2}+\\cos(x)", "3 x^2 + cos(x)"]),
]  # fmt: skip


def listed(value: Any) -> list[str]:
    return value[1]


def near_listed(pool: Any) -> Any:
    def others(value: Any, rng: random.Random) -> list[Any]:
        changed = [
            (-value[0], [f"-({t})" for t in value[1]]),
            (value[0] + 1, [f"{t}+1" for t in value[1]]),
        ]
        return [*changed, *rng.sample([other for other in pool if other[0] != value[0]], 3)]

    return others


def pick(pool: Any) -> Any:
    return lambda rng: rng.choice(pool)


def as_value(spellings: Any, make: Any) -> Any:
    """Spellings of a tuple whose value `make` computes: kept so that labels compare values."""
    return lambda value: (
        spellings(value[1]) if isinstance(value, tuple) and len(value) == 2 else make
    )


def surd_value(rng: random.Random) -> tuple[int, int]:
    return rng.randint(2, 30), rng.choice((2, 3, 5, 6, 7, 10, 11, 13, 15, 17, 19, 21))


KINDS = (
    Kind("surd", surd_value, surds, near_surds, golds=lambda v: surds(v)[:3]),
    Kind("binomial surd", lambda r: (r.randint(1, 20), r.choice((-1, 1)) * r.randint(1, 7), r.choice((2, 3, 5, 7, 13)), r.randint(2, 9)), binomial_surds,
         lambda v, r: [(v[0], -v[1], *v[2:]), (v[0] + 1, *v[1:]), (*v[:3], v[3] + 1), (v[0], v[1], v[2] + 6, v[3])], golds=lambda v: binomial_surds(v)[:4]),
    Kind("nth root", lambda r: (r.choice((2, 3, 5, 7, 10, 12)), r.choice((3, 4))), roots, lambda v, r: [(v[0] + 1, v[1]), (v[0], 7 - v[1])], golds=lambda v: roots(v)[:3]),
    Kind("constant", lambda r: (r.choice((1, 5, 7, 11, 13, 17)), r.choice((2, 3, 4, 6, 9)), r.choice(("\\pi", "e"))), constants,
         lambda v, r: [(v[0] + 1, *v[1:]), (v[0], v[1] + 1, v[2]), (*v[:2], "e" if v[2] == "\\pi" else "\\pi")], golds=lambda v: constants(v)[:5]),
    Kind("exact", pick(EXACT), listed, near_listed(EXACT), golds=lambda v: v[1][:4], boxed=True),
    Kind("complex", lambda r: (r.choice((-1, 1)) * r.randint(1, 12), r.choice((-1, 1)) * r.randint(1, 12)), complexes,
         lambda v, r: [(v[0], -v[1]), (-v[0], v[1]), (v[0] + 1, v[1]), (v[1] + 13, v[0])], golds=lambda v: complexes(v)[:3]),
    Kind("polynomial", pick(POLYNOMIALS), spelt, near_expressions, golds=lambda v: [latex(v), latex(sympy.expand(v)), plain(v)]),
    Kind("rational function", pick(RATIONALS), spelt, near_expressions, golds=lambda v: [latex(v), latex(sympy.together(v))]),
    Kind("function", pick(FUNCTIONS), listed, near_listed(FUNCTIONS), golds=lambda v: v[1][:5]),
)  # fmt: skip
