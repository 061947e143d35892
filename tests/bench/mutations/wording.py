"""The same problem in other words."""

import random
import re

from tests.bench.mutations.text import (
    ASK,
    Edit,
    Repl,
    Rule,
    asking,
    edits_of,
    listed,
    places,
    replaced,
    sentences,
)
from tests.bench.mutations.wrapping import ONES

_SYNONYMS = r"""
buys=purchases|bought=purchased|to buy=to purchase|buying=purchasing|purchased=bought
purchases=buys|children=kids|kids=children|mother=mom|mom=mother|father=dad|dad=father
grandmother=grandma|grandfather=grandpa|grandma=grandmother|grandpa=grandfather
starts with=begins with|started with=began with|to start=to begin|receives=gets|received=got
earns(?= \$)=makes|wants to=wishes to|wanted to=wished to|decides to=chooses to|decided to=chose to
needs to=has to|need to=have to|currently=at present|collects=gathers|collected=gathered
finishes=completes|finished=completed|requires=needs|bikes=bicycles|bike=bicycle|photos=photographs
photo=photograph|TV=television|the store=the shop|a store=a shop|big=large|the entire=the whole
the whole(?! number)=the entire|per day=a day|per week=a week|per hour=an hour|each day=every day
each week=every week|each month=every month|each year=every year|every day=each day
every week=each week|every month=each month|altogether=in total|in total=altogether|in all=in total
friends=pals|friend=pal|(?<!round )(?<!field )trip=journey|gifts=presents|gift=present
candies=sweets|movies=films|movie=film|garbage=trash|couch=sofa|sofa=couch|teacher=instructor
teachers=instructors|students=pupils|student=pupil|pupils=students|workers=employees
employees=workers|to use=to utilize|uses=utilizes|the rest of=the remainder of
the remaining=the leftover|twice as=two times as|twice the=double the|double the=twice the
(?<!half )a dozen=12|a quarter of=one fourth of|afterwards=later|because=as
(?<!the )only(?! if)=just|enough money=sufficient money|holds(?= \d)=can hold
consists of=is made up of|composed of=made up of|left(?=\?)=remaining|owns=has|lives in=resides in
grocery store=supermarket|Suppose that=Assume that|Suppose(?! that)=Assume|Assume that=Suppose that
Given that=Knowing that|such that=so that|that satisfy=satisfying|which satisfy=that satisfy
distinct=different|different(?! from| than)=distinct|exactly=precisely|denotes=represents
denote=represent|consecutive=successive|smallest=least
(?<!at )least(?= (?:positive|possible|common|value|integer))=smallest|largest=greatest
greatest=largest|minimum value=smallest value|maximum value=largest value
maximum number=greatest number|minimum number=smallest number|common factor=common divisor
common divisor=common factor|selected=chosen|chosen=selected|chosen at random=randomly chosen
the probability that=the chance that|is equal to=equals|equals=is equal to|the diagram=the figure
the figure=the diagram|intersects=meets|intersect=meet|lies on=is on|passes through=goes through
(?<!line )segment=line segment|obtained=gotten|in simplest form=in lowest terms
as a common fraction=as a fraction|nearest=closest|two-digit=2-digit|three-digit=3-digit
four-digit=4-digit|five-digit=5-digit|there exist=there are|there exists=there is
Consider the=Look at the|each of the=every one of the|all of the=all the|greater than=larger than
fewer than=less than|at most=no more than|at least=no fewer than|is divisible by=is a multiple of
are divisible by=are multiples of|exceeds=is greater than|nonnegative=non-negative
leaves a remainder=gives a remainder|leaves remainder=gives remainder
when divided by=on division by|is rolled=is thrown|are rolled=are thrown|is tossed=is flipped
how many ways=how many different ways|centimeters=cm|miles per hour=mph|kilometers=km
square feet=sq ft|pounds=lbs|identical=indistinguishable|perpendicular to=orthogonal to
contains(?= \d)=has|automobile=car|cars=automobiles|approximately=roughly|rapidly=quickly
additional=extra|extra=additional|average speed=mean speed|half of the=one half of the
half as many=one half as many|Write(?= your)=Express
positive integers=whole numbers greater than zero
positive integer(?! value| solution| divisor| factor)=whole number greater than zero
"""


def table_of(table: str) -> list[tuple[str, str]]:
    return [
        (k, v)
        for row in re.split(r"[|\n](?![^(]*\))", table.strip())
        for k, v in [re.split(r"(?<![?<])=", row, maxsplit=1)]
    ]


def cased(old: str, new: str) -> str:
    return new[0].upper() + new[1:] if old[0].isupper() and old[1:2].islower() else new


def rewording(key: str, new: str) -> tuple[str, Repl]:
    """Pattern and replacement for a word, keeping its capital and mending an article before it."""

    def put(m: re.Match[str], _: random.Random) -> str:
        word = cased(m[2], new)
        if not m[1]:
            return word
        vowel = re.match(r"(?!one\b)[aeio]|un(?!i)|u[mp]", word, re.IGNORECASE)
        return m[1][0] + ("n " if vowel else " ") + word

    body = key if key[0] == "(" else key[0] if key[0].isupper() else f"[{key[0]}{key[0].upper()}]"
    return rf"(?<![\w-])([Aa]n? )?({body}{'' if key[0] == '(' else key[1:]})(?![\w-])", put


def synonyms(share: float, limit: int = 99) -> Edit:
    table = table_of(_SYNONYMS)

    def run(text: str, rng: random.Random) -> str:
        picked: dict[str, bool] = {}
        done: list[str] = []
        before = text
        for key, new in rng.sample(table, len(table)):
            word = re.sub(r"\(\?.*?\)\)?", "", key)
            use = picked.setdefault(word[:4], rng.random() < share)
            known = re.search(rf"(?<!\w){re.escape(new)}", before, re.IGNORECASE) or word in done
            if use and not known and len(done) < limit and word not in " ".join(done):
                sites = places(text, "p", *rewording(key, new), rng)
                if sites:
                    text = replaced(text, sites)
                    done += [new, word]
        return text

    return run


def on_question(rules: list[tuple[str, str]]) -> Edit:
    """Edit the asking sentence by the first pattern, in seeded order, that applies."""

    def run(text: str, rng: random.Random) -> str:
        at = asking(text)
        for pattern, repl in rng.sample(rules, len(rules)) if at else []:
            body = text[at[0] : at[1]] if at else ""
            new = re.sub(pattern, repl, body, count=1, flags=re.DOTALL)
            if new != body and at:
                return text[: at[0]] + new[0] + new[1:] + text[at[1] :]
        return text

    return run


_NOUN = (
    r"(?=(?:\$|(?:the )?(?:value|sum|area|number|probability|smallest|largest|length|volume|"
    r"product|degree|perimeter|ratio|distance|minimum|maximum|greatest|least|total|remainder|"
    r"radius|measure|equation|difference|average|median|mean|coefficient|slope|units)\b))"
)
_VERB = {
    verb: verb + "s"
    for verb in listed("need get earn spend eat pay make use read take buy sell own run cost drink")
}
_VERB["have"] = "has"


_REWORD_QUESTION: list[tuple[str, str]] = [
    (r"\bWhat is (" + _NOUN + r"[^?]*)\?\Z", r"Find \1."),
    (r"\bWhat is (" + _NOUN + r"[^?]*)\?\Z", r"Determine \1."),
    (r"\bWhat is (\$[^?]*)\?\Z", r"Calculate the value of \1."),
    (r"\AWhat is (" + _NOUN + r"[^?]*)\?\Z", r"Can you tell me what \1 is?"),
    (r", what is (" + _NOUN + r"[^?]*)\?\Z", r", find \1."),
    (
        r"\A(?:Find|Compute|Determine|Calculate) (" + _NOUN + r"(?!the (?:\w+ )?\w+s\b)[^?]*[^?.\s]"
        r")\.?\Z",
        r"What is \1?",
    ),
    (
        (
            r", (?:then )?(?:find|compute|determine) (\$[^?]*|the (?:value|sum|area"
            r"|number) [^?]*[^?.])\.?\Z"
        ),
        r", what is \1?",
    ),
    (r"\AHow many (.+?) are there\b(.*)\?\Z", r"Find the number of \1 there are\2."),
    (
        r"\AHow many ((?:[\w-]+ )+)(are|were|is|was|can|could|will|would) (.+)\?\Z",
        r"Can you work out how many \1\2 \3?",
    ),
    (
        r"\AHow (many|much|long|far|old|tall) (.+)\?\Z",
        r"I would like to know the answer to this: how \1 \2?",
    ),
    (r"\A(?:Find|Compute|Determine|Calculate) (?!all|how|whether)", r"Please find "),
]


def _ask_indirectly(text: str, _: random.Random) -> str:
    """How many apples does Tom have? -> Determine how many apples Tom has."""
    at = asking(text)
    if not at:
        return text
    new = re.sub(
        r"\AHow (many|much)( [\w ]+?)? does ((?:the |each |his |her )?\w+) "
        rf"({'|'.join(_VERB)})\b(.*)\?\Z",
        lambda m: f"Determine how {m[1]}{m[2] or ''} {m[3]} {_VERB[m[4]]}{m[5]}.",
        text[at[0] : at[1]],
    )
    new = re.sub(
        r"\AHow (many|much)( [\w ]+?)? do (they|you|we|[A-Z]\w+ and [A-Z]\w+) (\w+.*)\?\Z",
        r"Work out how \1\2 \3 \4.",
        new,
    )
    new = re.sub(
        r"\AHow (many|much)( [\w ]+?)? (will|can|should) (they|he|she|you|we|it|[A-Z]\w+) "
        r"(\w+.*)\?\Z",
        r"Work out how \1\2 \4 \3 \5.",
        new,
    )
    return text[: at[0]] + new + text[at[1] :]


def _imperative(m: re.Match[str], rng: random.Random) -> str:
    whole = m[2] in ("all", "how", "whether")
    words = ["Find", "Determine"] if whole else ["Find", "Determine", "Compute", "Calculate"]
    return cased(m[1], rng.choice([w.lower() for w in words if w != m[1].title()])) + " " + m[2]


def _number_word(m: re.Match[str], _: random.Random) -> str:
    return cased(m[0], ONES[int(m[0])]) if m[0].isdigit() else str(ONES.index(m[0].lower()))


_NUMERAL = "|".join(ONES[2:13])
_BARE_DIGIT = (
    r"(?<![\w.,$/:%+*^=(){}#\\-])(?<![=+*<>x] )(?:[2-9]|1[0-2])(?![\w/%:\u00b0^-]"
    r"|[.,]\d|[)]"
    r"| ?[-+*/=<>%]| [x] | ?[ap]\.?m\b| \d| (?:hundred|thousand|million|feet \d))"
)
BARE_WORD = (
    rf"(?<![\w-])(?<!hundred )(?<!thousand )(?<!and )(?:{_NUMERAL})(?![\w]|-(?!digit"
    rf"|sided|"
    r"dimension)| (?:hundred|thousand|million|hundredths|tenths|and a|of|fifths|thirds))"
)
_SHORT = (
    "do not=don't|does not=doesn't|did not=didn't|is not=isn't|are not=aren't|cannot=can't"
    "|it is=it's"
)
_PARA: list[Rule] = [
    (
        "paraphrase.imperative",
        "a",
        (
            r"(?:(?<=[.?!\n\]$] )|(?<=, )|(?<=then )|\A|(?<=\\\]))"
            r"([Ff]ind|[Dd]etermine|[Cc]ompute|[Cc]alculate) (the|all|how|\$|whether)"
        ),
        _imperative,
    ),
    ("paraphrase.number_words", "p", _BARE_DIGIT, _number_word),
    ("paraphrase.number_digits", "p", BARE_WORD, _number_word),
    *[("paraphrase.contraction", "p", *rewording(a, b)) for a, b in table_of(_SHORT)],
    *[
        ("paraphrase.contraction", "p", *rewording(b, a))
        for a, b in table_of(_SHORT)
        if b != "it's"
    ],
    ("paraphrase.let", "a", r"\bLet (\$[A-Za-z]\$) be\b", r"Suppose that \1 is"),
    (
        "paraphrase.let",
        "a",
        r"\bLet (\$[A-Za-z],?\$(?:,? \$[A-Za-z],?\$)*,? and \$[A-Za-z]\$) be\b",
        r"Suppose that \1 are",
    ),
    ("paraphrase.let", "a", r"\bLet (\$[a-zA-Z]\([a-z]\) ?=[^$]*\$)", r"Define \1"),
    ("paraphrase.join", "p", r"(?<=[a-z])\. (?=(He|She|They) )", ", and "),
    (
        "paraphrase.split",
        "p",
        r"(?<=[a-z]), and (he|she|they)(?= )",
        lambda m, _: ". " + m[1].title(),
    ),
    ("paraphrase.then", "p", r"(?<=, )then (?=what|find|how|compute|determine)", ""),
    ("paraphrase.then", "a", r"(?<=\$, )(?=what is|find |how many|compute |determine )", "then "),
]
LEADS = listed(
    "The|A|An|There|In|At|On|Each|Every|One|Two|Three|Four|All|His|Her|He|She|They|It"
    "|During|Some"
    "|Both|To|For|After|Last|This|When|By|With|My|Their|Half|Only|If|While|Since|Because"
    "|Though|As|From|Any|Its|Our|These",
    "|",
)


def _filler(text: str, rng: random.Random) -> str:
    spans = [
        (a, b)
        for a, b in sentences(text)
        if re.match(r"[A-Z][a-z]* ", text[a:b])
        and text[a:b].rstrip().endswith((".", ".$"))
        and not re.match(
            ASK[:-3] + r"|Let|Suppose|Given|Assume|Note|Consider|For|Express"
            r"|Give|Your"
            r"|Write|Round|Enter|Prove|Show|Use|Do|Then|Here|As|Define|State"
            r"|Please)\b",
            text[a:b],
        )
    ]
    if not spans:
        return text
    at = rng.choice(spans)[0]
    first = text[at:].split(" ", 1)[0]
    lead = (
        ("Suppose that ", "It is given that ", "Assume that ")
        if at == 0
        else ("Note that ", "We are told that ", "It is also known that ")
    )
    return (
        text[:at]
        + rng.choice(lead)
        + (first.lower() if first in LEADS else first)
        + text[at + len(first) :]
    )


def _question_first(text: str, _: random.Random) -> str:
    at, body = asking(text), text.rstrip()
    if not at or at[0] == 0 or at[1] < len(body) or "[asy]" in text:
        return text
    ask = text[at[0] : at[1]]
    if (
        re.search(
            r"\b(this|that|these|those|its?|then|such|following|there|If|[Gg]iven)\b"
            r"|(?i:\(A\)|\\text)",
            ask,
        )
        or ask[-1] not in ".?"
    ):
        return text
    return ask + " " + text[: at[0]].rstrip()


def _if_swap(text: str, _: random.Random) -> str:
    """If A, find B. -> Find B if A. (and back), within the asking sentence."""
    at = asking(text)
    if not at:
        return text
    ask = text[at[0] : at[1]]
    m = re.fullmatch(
        r"If ([^?]+?),(\$?) (?:then )?(find|what is|how many|compute|determine) ([^?]+?)([.?])",
        ask,
        re.DOTALL,
    )
    n = re.fullmatch(
        r"(Find|What is|How many|Compute|Determine) ([^?]+?),? (?:if|given that) ([^?]+?)([.?])",
        ask,
        re.DOTALL,
    )
    if m and not re.search(r"\bif\b|\\\[|\\\]|\.", ask) and not m[4].startswith("it"):
        ask = f"{m[3][0].upper()}{m[3][1:]} {m[4]} if {m[1]}{m[2]}{m[5]}"
    elif (
        n
        and len(re.findall(r"\bif\b|given that", ask)) == 1
        and not re.search(r"\\\[|\.\d|, and|\bthe \w+ if", ask)
    ):
        ask = f"If {n[3]}, {n[1][0].lower()}{n[1][1:]} {n[2]}{n[4]}"
    return text[: at[0]] + ask + text[at[1] :]


PARAPHRASE: dict[str, Edit] = {
    "paraphrase.synonyms": synonyms(0.75),
    "paraphrase.question": on_question(_REWORD_QUESTION),
    "paraphrase.indirect": _ask_indirectly,
    **edits_of(_PARA, everywhere=True),
    "paraphrase.filler": _filler,
    "paraphrase.question_first": _question_first,
    "paraphrase.if_swap": _if_swap,
}
