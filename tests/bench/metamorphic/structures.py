r"""Lists, sets, tuples, vectors, matrices, intervals, inequalities, equations, ratios."""

import random
from fractions import Fraction
from typing import Any

from tests.bench.metamorphic.kind import Kind

PART = {
    "1/2": ("\\frac{1}{2}", "1/2", "0.5", "\\dfrac12"), "-3/4": ("-\\frac{3}{4}", "-3/4", "-0.75", "\\frac{-3}{4}"),
    "√2": ("\\sqrt{2}", "√2", "\\sqrt2"), "2√3": ("2\\sqrt{3}", "\\sqrt{12}", "2\\sqrt3"), "π": ("\\pi", "π"), "π/2": ("\\frac{\\pi}{2}", "\\pi/2", "\\frac12\\pi"),
    "1+√5": ("1+\\sqrt{5}", "\\sqrt5+1", "1 + \\sqrt{5}"), "1/3": ("\\frac{1}{3}", "1/3", "\\frac13"), "x+1": ("x+1", "1+x", "x + 1"),
}  # fmt: skip
ROW, SPACED, CR = "\\\\", " \\\\ ", " \\cr "
GAP, THIN, TILDE, QUAD = ",\\ ", ",\\,", ",~", ", \\ "
NUMBERS = tuple(part for part in PART if part != "x+1")


def written(part: Any, rng: random.Random) -> str:
    return (
        rng.choice(PART[part])
        if isinstance(part, str)
        else rng.choice((str(part), str(part), f"{part}.0" if rng.random() < 0.1 else str(part)))
    )


def parts(rng: random.Random, low: int, high: int, pool: Any = NUMBERS) -> tuple[Any, ...]:
    whole = rng.sample(range(-20, 60), rng.randint(low, high))
    return tuple(
        rng.choice(pool) if rng.random() < 0.25 and pool[0] not in whole[:i] else p
        for i, p in enumerate(whole)
    )


def unique(value: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value))


def rng_of(value: Any) -> random.Random:
    return random.Random(repr(value))


def tuples(value: tuple[Any, ...]) -> list[str]:
    r = rng_of(value)

    def body(sep: str) -> str:
        return sep.join(written(p, r) for p in value)

    names = ("(x, y)", "(a,b,c)", "(x,y,z,w)")[len(value) - 2]
    return [
        f"({body(',')})", f"({body(', ')})", f"\\left({body(', ')}\\right)", f"\\left( {body(',')} \\right)", f"{names}=({body(', ')})", f"({body(GAP)})",
        f"( {body(' , ')} )", f"\\big({body(',')}\\big)", f"({body(THIN)})", f"（{body('，')}）", f"\\bigl({body(', ')}\\bigr)", f"({body(',~')})", f"\\left ( {body(', ')} \\right )",
        f"\\text{{({body(', ')})}}" if "\\" not in body(",") and "√" not in body(",") else f"({body(',')})",
    ]  # fmt: skip


def near_tuple(value: tuple[Any, ...], rng: random.Random) -> list[Any]:
    at = rng.randrange(len(value))
    changed = tuple(71 if i == at else p for i, p in enumerate(value))
    return [other for other in (changed, value[::-1], (*value, 99)[-4:]) if other != value]


def collected(value: tuple[Any, ...]) -> list[str]:
    r = rng_of(value)

    def body(sep: str) -> str:
        return sep.join(written(p, r) for p in r.sample(value, len(value)))

    return [
        f"\\{{{body(',')}\\}}", f"\\{{{body(', ')}\\}}", f"\\left\\{{{body(', ')}\\right\\}}", f"\\{{ {body(' , ')} \\}}", f"\\lbrace {body(', ')} \\rbrace", f"\\{{{body(';')}\\}}",
        body(", "), f"x \\in \\{{{body(',')}\\}}", f"S = \\{{{body(', ')}\\}}", f"\\left\\{{ {body(', ')} \\right\\}}", f"\\left\\{{{body(QUAD)}\\right\\}}", f"\\bigl\\{{{body(',')}\\bigr\\}}",
    ]  # fmt: skip


def lists(value: tuple[Any, ...]) -> list[str]:
    r = rng_of(value)

    def body(sep: str, last: str = "", each: str = "%s") -> str:
        texts = [each % written(p, r) for p in r.sample(value, len(value))]
        return sep.join(texts[:-1]) + (last or sep) + texts[-1]

    return [
        body(","), body(", "), body(", ", " and "), body(", ", ", and "), body(", ", " \\text{ and } "), body("; "), body(", ", each="x=%s"), body(", ", " or ", "x = %s"),
        body(" \\text{ or } "), body(",\\ "), body(", ", "\\text{, and }"), "x = " + body(", "), body(",\\quad "), body("、"), body("，"), body(" \\text{ and } "), body(", ", " or "),
        body(", ", each="$%s$"), body(" \\text{ or } ", each="x = %s"), body(", ", "\\text{ or }"), "x=" + body(" or "), body("; ", each="n=%s"),
    ]  # fmt: skip


def near_list(value: tuple[Any, ...], rng: random.Random) -> list[Any]:
    changed = (*value[:-1], 71)
    return [changed, (*value, 71), value[:-1]] if len(value) > 2 else [changed, (*value, 71)]


def vectors(value: tuple[Any, ...]) -> list[str]:
    r = rng_of(value)
    cells = [[written(p, r)] for p in value]
    return [
        *grids(cells),
        "\\left( \\begin{array}{c} "
        + " \\\\ ".join(c[0] for c in cells)
        + " \\end{array} \\right)",
        "\\vec{v}=" + grids(cells)[0],
    ]


def angled(value: tuple[Any, ...]) -> list[str]:
    r = rng_of(value)
    body = ", ".join(written(p, r) for p in value)
    return [
        f"\\langle {body} \\rangle",
        f"\\left\\langle {body} \\right\\rangle",
        f"\\langle {body.replace(' ', '')}\\rangle",
        f"⟨{body}⟩",
        f"\\vec{{v}} = \\langle {body}\\rangle",
    ]


def grids(rows: list[list[str]]) -> list[str]:
    def body(end: str, amp: str = " & ") -> str:
        return end.join(amp.join(row) for row in rows)

    kinds = [
        f"\\begin{{{k}}}{body(e, a)}\\end{{{k}}}"
        for k in ("pmatrix", "bmatrix")
        for e, a in ((" \\\\ ", " & "), ("\\\\", "&"), ("\\\\\n", " & "))
    ]
    c = "c" * len(rows[0])
    return [
        *kinds, f"\\begin{{pmatrix}} {body(SPACED)} \\\\ \\end{{pmatrix}}", f"\\left(\\begin{{array}}{{{c}}}{body(ROW)}\\end{{array}}\\right)",
        f"\\left[\\begin{{array}}{{{c}}} {body(SPACED)} \\end{{array}}\\right]", f"\\left(\\begin{{matrix}}{body(ROW)}\\end{{matrix}}\\right)", f"\\begin{{bmatrix}} {body(SPACED[:3] + '[4pt] ')} \\end{{bmatrix}}",
        f"\\left[\\begin{{matrix}}{body(ROW + ' ')}\\end{{matrix}}\\right]", f"A = \\begin{{pmatrix}} {body(CR)} \\end{{pmatrix}}", f"\\left( \\begin{{smallmatrix}}{body(ROW)}\\end{{smallmatrix}} \\right)",
    ]  # fmt: skip


def matrices(value: tuple[tuple[Any, ...], ...]) -> list[str]:
    r = rng_of(value)
    return grids([[written(p, r) for p in row] for row in value])


def near_matrix(value: Any, rng: random.Random) -> list[Any]:
    changed = (*value[:-1], (*value[-1][:-1], 71))
    turned = tuple(zip(*value, strict=True))
    return [changed, value[::-1]] + ([turned] if turned != value else [])


def ends(interval: tuple[Any, Any, str], r: random.Random) -> tuple[str, str]:
    low, high, _ = interval
    left = r.choice(("-\\infty", "-∞", "- \\infty")) if low is None else written(low, r)
    return left, r.choice(("\\infty", "+\\infty", "∞")) if high is None else written(high, r)


def intervals(value: tuple[tuple[Any, Any, str], ...]) -> list[str]:
    r = rng_of(value)

    def one(interval: Any, left: str = "", right: str = "", sep: str = ", ") -> str:
        a, b = ends(interval, r)
        return f"{left}{interval[2][0]}{a}{sep}{b}{right}{interval[2][1]}"

    def join(sign: str, *how: str) -> str:
        return sign.join(one(interval, *how) for interval in value)

    texts = [
        join(" \\cup "),
        join("\\cup", "\\left", "\\right"),
        join(" ∪ "),
        join(" \\cup ", "", "", ","),
        "x \\in " + join(" \\cup "),
        "x∈" + join("∪"),
        join(" \\cup ", "\\left ", " \\right "),
        join(" \\bigcup ", "\\big", "\\big"),
    ]
    texts += (
        [" \\cup ".join(reversed([one(i) for i in value])), join(" U ")] if len(value) > 1 else []
    )
    return (
        texts
        + [" \\text{ or } ".join(inequality(i, r, w) for i in value) for w in range(3)]
        + ["\\{x \\mid " + " \\text{ or } ".join(inequality(i, r, 0) for i in value) + "\\}"]
    )


def inequality(interval: tuple[Any, Any, str], r: random.Random, way: int) -> str:
    low, high, kind = interval
    less, more = ("<", ">"), (">", "<")
    below = {"(": less[0], "[": ("\\le ", "\\leq ", "≤")[way]}[kind[0]]
    above = {")": "<", "]": ("\\le ", "\\leq ", "≤")[way]}[kind[1]]
    over = {")": more[0], "]": ("\\ge ", "\\geq ", "≥")[way]}[kind[1]]
    under = {"(": ">", "[": ("\\ge ", "\\geq ", "≥")[way]}[kind[0]]
    a, b = ends(interval, r)
    if low is None:
        return f"x {above} {b}" if way < 2 else f"{b} {over} x"
    if high is None:
        return f"x {under} {a}" if way < 2 else f"{a} {below} x"
    return f"{a} {below} x {above} {b}" if way < 2 else f"{b}{over}x{under}{a}"


def some_intervals(rng: random.Random) -> Any:
    a, b, c, d = sorted(rng.sample(range(-20, 40), 4))
    low = rng.choice((None, a))
    first = (low, b, ("(" if low is None else rng.choice("([")) + rng.choice(")]"))
    high = rng.choice((None, d, d))
    second = (c, high, rng.choice("([") + (")" if high is None else rng.choice(")]")))
    return rng.choice(((first,), (second,), (first, second)))


def near_intervals(value: Any, rng: random.Random) -> list[Any]:
    low, high, kind = value[-1]
    flipped = {"(": "[", "[": "("}[kind[0]] + kind[1]
    moved = (*value[:-1], (low, 90, kind if high is not None else kind[0] + "]"))
    found = [
        moved,
        (
            *value[:-1],
            (low if low is not None else -50, high, flipped if low is not None else kind),
        ),
    ]
    return [other for other in [*found, value[1:]] if other and other != value]


def lines(value: tuple[int, int]) -> list[str]:
    m, b = value
    s = f"{b:+d}"
    return [
        f"y={m}x{s}", f"y = {m}x {s[0]} {s[1:]}", f"{m}x{s}=y", f"y-{m}x={b}", f"{m}x-y{s}=0", f"y = {b}+{m}x", f"y={m}*x{s}", f"y = {m} x {s[0]} {s[1:]}", f"{m}x - y = {-b}",
        f"{2 * m}x-2y{2 * b:+d}=0", f"-{m}x+y{-b:+d}=0", f"$y={m}x{s}$", f"y=\\frac{{{2 * m}x{2 * b:+d}}}{{2}}", f"y {-b:+d} = {m}x", f"y=-(-{m}x{-b:+d})",
    ]  # fmt: skip


def circles(value: tuple[int, int, int]) -> list[str]:
    h, k, r = value
    return [
        f"(x{-h:+d})^2+(y{-k:+d})^2={r * r}", f"(x {-h:+d})^2 + (y {-k:+d})^2 = {r}^2", f"(y{-k:+d})^2+(x{-h:+d})^{{2}}={r * r}", f"x^2+y^2{-2 * h:+d}x{-2 * k:+d}y{h * h + k * k - r * r:+d}=0",
        f"\\left(x{-h:+d}\\right)^2+\\left(y{-k:+d}\\right)^2={r * r}", f"(x{-h:+d})²+(y{-k:+d})²={r * r}", f"{r * r}=(x{-h:+d})^2+(y{-k:+d})^2", f"\\frac{{(x{-h:+d})^2}}{{{r * r}}}+\\frac{{(y{-k:+d})^2}}{{{r * r}}}=1",
    ]  # fmt: skip


def ratios(value: tuple[int, int]) -> list[str]:
    a, b = value
    return [
        f"{a}:{b}",
        f"{a} : {b}",
        f"{a}\\colon {b}",
        f"{a} \\text{{ to }} {b}",
        f"{a}\\ :\\ {b}",
        f"{a}：{b}",
        f"{a} to {b}",
        f"\\text{{{a}:{b}}}",
        f"${a}:{b}$",
        f"a:b = {a}:{b}",
        f"{a}\\,:\\,{b}",
    ]


def plus_minus(value: tuple[int, int]) -> list[str]:
    a, b = value
    root = f"\\sqrt{{{b}}}"
    return [
        f"{a}\\pm{root}",
        f"{a} \\pm {root}",
        f"{a}±√{b}",
        f"{a}+{root}, {a}-{root}",
        f"x={a}\\pm {root}",
        f"x={a}-{root} \\text{{ or }} x={a}+{root}",
        f"\\{{{a}-{root},{a}+{root}\\}}",
        f"{a}-{root} \\text{{ and }} {root}+{a}",
        f"{a}\\mp{root}",
    ]


def half(rng: random.Random) -> tuple[int, int]:
    f = Fraction(rng.randint(2, 40), rng.randint(3, 30))
    return f.numerator, f.denominator + (f.numerator == f.denominator)


KINDS = (
    Kind("tuple", lambda r: parts(r, 2, 4), tuples, near_tuple, boxed=True),
    Kind("set", lambda r: unique(parts(r, 2, 5)), collected, near_list, golds=lambda v: collected(v)[:4], boxed=True),
    Kind("list", lambda r: unique(parts(r, 2, 4)), lists, near_list, golds=lambda v: lists(v)[:5], boxed=True),
    Kind("vector", lambda r: parts(r, 2, 3), vectors, near_tuple, boxed=True),
    Kind("angle vector", lambda r: parts(r, 2, 3), angled, near_tuple, boxed=True),
    Kind("matrix", lambda r: (parts(r, 2, 2), parts(r, 2, 2)), matrices, near_matrix, boxed=True),
    Kind("wide matrix", lambda r: (parts(r, 3, 3), parts(r, 3, 3)), matrices, near_matrix, boxed=True),
    Kind("interval", some_intervals, intervals, near_intervals, golds=lambda v: intervals(v)[:5], boxed=True),
    Kind("inequality", some_intervals, intervals, near_intervals, golds=lambda v: intervals(v)[-4:-1], boxed=True),
    Kind("line", lambda r: (r.randint(2, 9), r.choice((-1, 1)) * r.randint(1, 12)), lines, lambda v, r: [(v[0] + 1, v[1]), (v[0], -v[1]), (v[0], v[1] + 13)], golds=lambda v: [*lines(v)[:4], lines(v)[4]], boxed=True),
    Kind("circle", lambda r: (r.randint(1, 9), -r.randint(1, 9), r.randint(2, 7)), circles, lambda v, r: [(-v[0], *v[1:]), (*v[:2], v[2] + 1), (v[1], v[0], v[2])], golds=lambda v: circles(v)[:4], boxed=True),
    Kind("ratio", half, ratios, lambda v, r: [(v[0] + 1, v[1]), (v[0], v[1] + 1), (v[0] + 50, v[1])], golds=lambda v: ratios(v)[:4]),
    Kind("plus-minus", lambda r: (r.randint(1, 15), r.choice((2, 3, 5, 7, 11, 13))), plus_minus, lambda v, r: [(v[0] + 1, v[1]), (v[0], v[1] + 4)], golds=lambda v: plus_minus(v)[:5], boxed=True),
)  # fmt: skip
