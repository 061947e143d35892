"""Small edits that make another problem of it."""

import random
import re

from tests.bench.mutations.text import (
    HIDE_M,
    Edit,
    Rule,
    asking,
    edits_of,
    is_tex,
    listed,
    masked,
    places,
    replaced,
    weighty,
)
from tests.bench.mutations.wording import BARE_WORD, LEADS, cased, on_question, rewording, table_of
from tests.bench.mutations.wrapping import ONES

_INT = (
    r"(?<![\w.,\\])(?<!\d\{,\})(?!(?:19|20)\d\d(?![\d,]))(\d{1,3}(?:,\d{3})+|\d+)"
    r"(?!\d|(?:st|nd|rd|th)\b|\.\d|,\d{3}|[ .]?[ap]\.?m\b)"
)


def grouped(old: str, value: int) -> str:
    return f"{value:,}" if "," in old else str(value)


def _step(m: re.Match[str], rng: random.Random) -> str:
    value = int(m[1].replace(",", ""))
    return grouped(m[1], max(value + rng.choice((-1, 1, 1, 2, 10 if value > 20 else 3)), 2))


def numerals(text: str) -> list[tuple[int, int, str]]:
    mask = HIDE_M.sub(lambda m: "\0" * len(m[0]), masked(text, "a"))
    labels = {m.start() + 1 for m in re.finditer(r"(?<![\w\\}])\(\d\)(?= )", mask)}
    return weighty(
        text, [(*m.span(1), m[1]) for m in re.finditer(_INT, mask) if m.start() not in labels]
    )


def _number_changed(text: str, rng: random.Random) -> str:
    spots = numerals(text)
    if not spots:
        return text
    start, end, old = rng.choice(spots)
    found = re.match(r"([\d,]+)", old)
    new = _step(found, rng) if found else old
    return text[:start] + (new if new != old else str(int(old.replace(",", "")) + 1)) + text[end:]


def _number_swapped(text: str, rng: random.Random) -> str:
    spots = numerals(text)
    pairs = [
        (a, b)
        for i, a in enumerate(spots)
        for b in spots[i + 1 :]
        if int(a[2].replace(",", "")) != int(b[2].replace(",", ""))
        and re.search(r"(?<!\\)\b(?!and|or|cdot|times|quad)[a-z]{3,}", text[a[1] : b[0]])
    ]
    if not pairs:
        return text
    a, b = rng.choice(pairs)
    return replaced(text, [(a[0], a[1], b[2]), (b[0], b[1], a[2])])


def _number_decimal(text: str, rng: random.Random) -> str:
    sites = weighty(
        text,
        places(
            text,
            "a",
            r"(?<![\d.,])(\d+)\.(\d*)(\d)(?![\d.])",
            lambda m, r: f"{m[1]}.{m[2]}{r.choice([d for d in '123456789' if d != m[3]])}",
            rng,
        ),
    )
    if not sites:
        sites = [(a, b, f"{w}.{rng.choice('125')}") for a, b, w in numerals(text) if w not in "01"]
    return replaced(text, [rng.choice(sites)]) if sites else text


def _next_word(m: re.Match[str], rng: random.Random) -> str:
    i = ONES.index(m[0].lower())
    return cased(m[0], ONES[rng.choice([j for j in (i - 1, i + 1, i + 2) if j > 1 and j != i])])


def _other_letter(m: re.Match[str], rng: random.Random) -> str:
    """Another letter of the problem (or a fresh one), for a letter that occurs elsewhere too."""
    mask = m.string
    name = m[0] if len(m[0]) == 1 else rng.choice(m[0])
    upper = name.isupper()
    used = re.findall(r"[A-Z]" if upper else r"(?<![A-Za-z])[a-z](?![A-Za-z])", mask)
    pool = sorted(set(used) - set(m[0]) - set("eid"))
    pool = pool or (sorted(set("DKM") - set(m[0])) if upper else [])
    if used.count(name) < 2 or name in "eid" or not pool:
        return m[0]
    return m[0].replace(name, rng.choice(pool), 1)


_PAIRS = {
    "polarity.extreme": "greatest(?! common| integer function)=least|largest=smallest"
    "|smallest=largest"
    "|(?<!at )least(?= (?:positive|possible|value|integer|number))=greatest|highest=lowest"
    "|lowest=highest",
    "concept.extremum": "maximum=minimum|minimum=maximum",
    "polarity.more": r"more(?= than)=less|less(?= than)=more|fewer(?= than)=more"
    r"|(?<=\d )more(?= \w)=fewer"
    "|greater(?= than)=less",
    "polarity.change": "increase=decrease|increased=decreased|increases=decreases"
    "|decrease=increase|decreased"
    "=increased|increasing=decreasing|decreasing=increasing|loses=gains|discount=surcharge"
    "|profit=loss",
    "polarity.parity": "(?<=is )even(?! though| if| more)=odd|(?<=are )even=odd"
    "|(?<=is )odd=even|(?<=are )odd"
    "=even|even(?= (?:number|integer|digit|function|perfect))=odd|odd(?= (?:number|integer"
    "|digit|func))=even",
    "polarity.bound": "at least=at most|at most=at least|no more than=no less than",
    "polarity.sign": "positive(?! difference)=negative|negative=positive|nonnegative=nonpositive",
    "polarity.order": r"(?<=years )before=after|(?<=years )after=before|(?<=days )before=after"
    r"",
    "polarity.replacement": "with replacement=without replacement"
    "|without replacement=with replacement",
    "polarity.quantifier": "always=never|never=always|must be=cannot be|exactly one=at least one",
    "polarity.side": "clockwise=counterclockwise|counterclockwise=clockwise|horizontal=vertical"
    "|vertical=horizontal|inscribed in=circumscribed about|circumscribed about=inscribed in",
    "polarity.compare": "older(?= than)=younger|younger(?= than)=older|taller(?= than)=shorter"
    "|shorter"
    "(?= than)=taller|longer(?= than)=shorter|faster(?= than)=slower|slower(?= than)=faster"
    "|heavier(?= than)"
    "=lighter|larger(?= than)=smaller|smaller(?= than)=larger|bigger(?= than)=smaller",
    "polarity.trade": r"bought(?= \d)=sold|sold(?= \d)=bought|buys(?= \d)=sells|sells(?= \d)=buys"
    r"|adds(?= \d)=removes|added(?= \d)=removed|lost(?= \d)=found|found(?= \d)=lost"
    r"|receives(?= \d)=gives away",
    "concept.area": "(?<!surface )area(?= of)=perimeter|perimeter(?= of)=area|circumference=area"
    "|volume(?= of)=surface area|surface area=volume",
    "concept.sum": "sum of(?! money)=product of|product of=sum of"
    "|positive difference between=sum of",
    "concept.mean": "arithmetic mean=median|mean of=median of|median=mean"
    "|(?<=the )average=median|(?<=an )"
    "average(?! of \\d+)=median",
    "concept.radius": "radius=diameter|diameter=radius",
    "concept.prime": "prime(?= numbers?| integers?)=composite|(?<=is )prime=composite"
    "|primes=composite numbers",
    "concept.period": "per day=per week|each day=each week|every day=every week"
    "|(?<=s )a day=a week|per week"
    "=per month|per month=per year|per hour=per minute|an hour=a minute|each week=each month"
    "|every week=every month"
    "|each month=each year|per minute=per second",
    "concept.gcd": "greatest common divisor=least common multiple"
    "|least common multiple=greatest common divisor"
    "|greatest common factor=least common multiple",
    "concept.sequence": "arithmetic(?= (?:sequence|progression|series))=geometric"
    "|geometric(?= (?:sequence|"
    "progression|series))=arithmetic",
    "concept.shape": "isosceles=equilateral|equilateral=isosceles|acute=obtuse|obtuse=acute"
    "|pentagon=hexagon"
    "|hexagon=pentagon|octagon=heptagon|regular hexagon=regular octagon",
    "concept.number_type": "positive integer=positive real number"
    "|positive integers=positive real numbers"
    "|integers=prime numbers|rational=irrational|real number=integer|real numbers=integers",
    "concept.part": "numerator=denominator|denominator=numerator|rows=columns|columns=rows"
    "|slope=y-intercept"
    "|factors of=multiples of|divisors of=multiples of|remainder(?= when| is)=quotient"
    "|hypotenuse=shorter leg",
    "number.word": r"(?<=the )first(?= (?:term|digit|\d))=second|twice=three times"
    r"|(?<!a )double(?= the| what)=triple|half of=a third of"
    "|half as=a third as|three times=four times|two times=five times|a dozen=two dozen",
}
_UNITS = {
    "time": "seconds minutes hours days weeks months years",
    "length": "inches feet yards miles cm centimeters meters kilometers millimeters",
    "weight": "ounces pounds grams kilograms tons",
    "volume": "cups pints quarts gallons liters milliliters",
}
_DIFF_RULES: list[Rule] = [
    *[(kind, "p", *rewording(a, b)) for kind, table in _PAIRS.items() for a, b in table_of(table)],
    (
        "number.word",
        "p",
        r"(?<!the )(?<!The )(?<!those )(?<!these )(?<!between )" + BARE_WORD,
        _next_word,
    ),
    ("operator.plus", "m", r"(?<=[\w)}] )\+(?! *\\?[cl]?dots)|(?<=[\w)}])\+(?=\w)", "-"),
    ("operator.minus", "m", r"(?<=[\w)}] )-|(?<=[\w)}])-(?=\w)", "+"),
    ("operator.times", "m", r"(?<=[\w)}]) ?\\(?:times|cdot) ?(?=[\w({\\])", " + "),
    ("operator.divide", "x", r"\\[dt]?frac\{([\w+-]+)\}\{([\w+-]{2,}|[2-9a-z])\}", r"(\1)(\2)"),
    ("operator.divide", "x", r"\\div(?![a-z])", r"\\times"),
    ("operator.equals", "m", r"(?<![<>=&!]) ?(?<![&])=(?!=)", " <"),
    ("operator.strict", "x", r"(?<!\b0 )\\leq?(?![a-z])(?! ?(?:[01]\b|2? ?\\pi))", "< "),
    ("operator.strict", "x", r"\\geq?(?![a-z])(?! ?[01]\b)", "> "),
    ("operator.strict", "m", r"(?<!\b0)(?<!\b0 )<(?! ?(?:[01]\b|2? ?\\pi))", r"\\le "),
    ("operator.strict", "m", r">(?! ?[01]\b)", r"\\ge "),
    ("operator.flipped", "x", r"\\leq?(?![a-z])", r"\\ge"),
    ("operator.flipped", "m", "<", ">"),
    ("operator.flipped", "x", r"\\geq?(?![a-z])", r"\\le"),
    ("operator.flipped", "m", ">", "<"),
    ("operator.power", "m", r"(?<!\b1)(?<!\b0)(?<=[\w)])\^(?:2|\{2\})(?!\d)", "^3"),
    ("operator.power", "m", r"(?<!\b1)(?<!\b0)(?<=[\w)])\^(?:3|\{3\})(?!\d)", "^2"),
    ("operator.trig", "x", r"\\sin(?![a-z])", r"\\cos"),
    ("operator.trig", "x", r"\\cos(?![a-z])", r"\\sin"),
    ("operator.trig", "x", r"\\tan(?![a-z])", r"\\cot"),
    ("operator.sqrt", "m", r"\\sqrt(?:\{([^{}]{2,}|[2-9a-z])\})", r"(\1)"),
    ("operator.set", "x", r"\\cup(?![a-z])", r"\\cap"),
    ("operator.set", "x", r"\\cap(?![a-z])", r"\\cup"),
    ("operator.floor", "x", r"\\lfloor(.*?)\\rfloor", r"\\lceil\1\\rceil"),
    ("operator.gcd", "x", r"\\gcd(?![a-z])", r"\\text{lcm}"),
    ("variable.changed", "v", r"(?<![A-Za-z'])[a-z](?![A-Za-z'])", _other_letter),
    ("variable.caps", "v", r"(?<![A-Za-z])[A-Z]{2,4}(?![A-Za-z])", _other_letter),
    (
        "polarity.not_dropped",
        "p",
        (
            r"(?<!whether or )\b(is|are|does|did|has|have|will|was|were"
            r"|could|can|may)"
            r"(?:n't| not)\b(?! only| drawn| necessarily| to scale)"
        ),
        r"\1",
        r"can't|won't",
    ),
    (
        "polarity.not_inserted",
        "p",
        (
            r"\b(is|are) (?=(?:also )?(?:divisible|prime\b|odd\b|even\b"
            r"|real\b|equal|"
            r"an integer|a multiple|perpendicular|parallel|a perfect|positive|negative|relatively))"
        ),
        r"\1 not ",
    ),
    ("concept.percent", "n", r"(?<![\d.])(?!10%)([1-9]\d)% of", r"1/\1 of"),
    ("concept.axis", "a", r"\$x\$-(axis|intercept|coordinate)", r"$y$-\1"),
    ("concept.axis", "a", r"\$y\$-(axis|intercept|coordinate)", r"$x$-\1"),
    (
        "sign.changed",
        "m",
        r"(?:(?<=[(=,{<>] )|(?<=[(=,{<>]))-(?=[1-9a-z])(?![\w.]+\)\^\{?[2468])",
        "",
    ),
    ("sign.changed", "m", r"(?<=[=,] )(?=[1-9])(?!\d{3}\b)|(?<==)(?=[1-9])", "-"),
    (
        "unit.money",
        "n",
        r"(?<![\w.])\$(\d+)(?![\d,.]\d|[\d-]| [mb]illion)",
        r"\1 cents",
        r"\A[^$]*\$[^$]*\Z",
    ),
]


def _unit_changed(text: str, rng: random.Random) -> str:
    sites: list[tuple[int, int, str]] = []
    for row in _UNITS.values():
        names = row.split()
        family = "|".join(f"{n}|{n[:-1]}" if n[-1] == "s" else n for n in names) + "|foot|inch"
        if len(re.findall(rf"\b(?:{family})\b", text)) > 1:
            pattern = rf"(?<=[\w$] )(?<!many )(?:{'|'.join(names)})\b(?! old| ago)"
            for start, end, _ in places(text, "p", pattern, "", rng):
                old = text[start:end]
                pool = [n for n in names if n[:3] != old[:3] and (n, old) != ("cm", "centimeters")]
                sites.append((start, end, rng.choice(pool)))
    count = re.compile(r"(\d\$?|\b(?:" + "|".join(ONES) + r"|half|hundred)) \Z")
    sites = weighty(text, [s for s in sites if count.search(text[: s[0]])])
    return replaced(text, [rng.choice(sites)]) if sites else text


_QUESTIONS: list[tuple[str, str]] = [
    (r"\b([Ff]ind|[Ww]hat is|[Cc]ompute|[Dd]etermine) \$([a-zA-Z])\$(?=[.?]\Z)", r"\1 $\2^2+1$"),
    (
        r"\b([Ff]ind|[Ww]hat is|[Cc]ompute|[Ee]valuate) (\$[^$=<>,]{3,}\$)(?=[.?]\Z)",
        r"\1 three times \2",
    ),
    (
        (
            r"\b([Ff]ind|[Ww]hat is|[Cc]ompute|[Dd]etermine) (?=the (?:value|sum|area|number"
            r"|probability|smallest|"
            r"largest|length|volume|product|perimeter|total|remainder|radius|maximum|minimum|measure"
            r"|greatest)\b)"
        ),
        r"\1 half of ",
    ),
    (r"(?i)\b(what is the probability that)\b", r"\1 it is not the case that"),
    (
        r"\b(how many (?:[\w-]+ ){1,3}?(?:does|do|did) [\w ]+ have left)\?\Z",
        r"\1 after losing two more?",
    ),
    (
        (
            r"(?i)\A(how many (?!times|more|fewer|less|years|feet|inches|minutes|hours|days|weeks"
            r"|percent)(?:[\w-]+ ){1,3}?(?:does|do|did|will|are|were|can|is) [^?]*)\?\Z"
        ),
        r"\1, not counting the first two?",
    ),
    (
        (
            r"(?i)\A(how much (?:money |total )?(?:does|do|did|will|is|would|are) [^?]*(?:pay|cost"
            r"|earn|make|spend|"
            r"money|have|save|profit|owe|get)[^?]*)\?\Z"
        ),
        r"\1 if the amount is then reduced by $3?",
    ),
    (r"(?i)\A(how old [^?]*)\?\Z", r"\1 two years after that?"),
]


_CALENDAR = listed(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May "
    "June July August September October November December"
)


def _question_name(text: str, rng: random.Random) -> str:
    """Ask about another person of the problem."""
    at = asking(text)
    if not at or is_tex(text):
        return text
    ask, rest = text[at[0] : at[1]], text[: at[0]]
    people = set(
        re.findall(
            r"\b([A-Z][a-z]{2,})(?:'s)? (?:has|had|is|was|and|bought|buys|\w+ed"
            r"|gets)\b",
            rest,
        )
    )
    people -= {"The", "There", "She", "That", "Then", "What", "Christmas", *LEADS, *_CALENDAR}
    m = re.search(r"\b(?:does|did|do|will|is|has|was|can|should) ([A-Z][a-z]{2,})\b(?! and)", ask)
    pool = sorted(p for p in people if p not in ask)
    if not m or m[1] not in people or not pool:
        return text
    return text[: at[0]] + ask[: m.start(1)] + rng.choice(pool) + ask[m.end(1) :] + text[at[1] :]


def _question_target(text: str, rng: random.Random) -> str:
    """Count another thing that the problem counts."""
    at = asking(text)
    m = re.search(r"\b[Hh]ow many ([a-z]{4,}s)\b(?! of)", text[at[0] : at[1]]) if at else None
    if not at or not m:
        return text
    pool = set(re.findall(r"\b\d+ ([a-z]{4,}s)\b(?! old| of| more)", text[: at[0]])) - {m[1]}
    pool -= set(
        listed(
            "pieces slices items units times hours minutes days weeks less dollars "
            "cents feet miles years"
        )
    )
    pool -= set(re.findall(r"\w+", text[at[0] : at[1]]))
    if not pool or m[1] in ("pieces", "slices", "items") or m[1][:-1] in " ".join(pool):
        return text
    start = at[0] + m.start(1)
    return text[:start] + rng.choice(sorted(pool)) + text[start + len(m[1]) :]


DIFFERENT: dict[str, Edit] = {
    "number.changed": _number_changed,
    "number.swapped": _number_swapped,
    "number.decimal": _number_decimal,
    **edits_of(_DIFF_RULES, everywhere=False),
    "unit.changed": _unit_changed,
    "question.changed": on_question(_QUESTIONS),
    "question.name": _question_name,
    "question.target": _question_target,
}
