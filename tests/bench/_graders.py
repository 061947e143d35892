r"""The graders compared: ours, math-verify as a library, the rules of lm-eval's Minerva, strings.

The Minerva rules parse with sympy's ANTLR reader, which wants another ANTLR than math-verify: its
successor, latex2sympy2_extended, stands in. Each is a function of a claim to True or False, called
in the main thread, since two of them set alarms.
"""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from types import FrameType
from typing import Any

from factory.verifiers import Claim
from factory.verifiers import maths as ours
from factory.verifiers.maths import canonical, choices, pairing, ruling
from factory.verifiers.maths.numeric import reader

Grader = Callable[[Claim], bool]
SECONDS = 5
CACHES: tuple[Any, ...] = (
    ruling._decided,
    pairing._gold,
    canonical.form_of,
    reader.read,
    choices.listed,
)

# Lewkowycz et al. 2022, appendix D.1, as lm-eval's minerva_math task states them
_SUBSTITUTIONS = (
    ("an ", ""), ("a ", ""), (".$", "$"), ("\\$", ""), (r"\ ", ""), (" ", ""), ("mbox", "text"),
    (",\\text{and}", ","), ("\\text{and}", ","), ("\\text{m}", "\\text{}"),
)  # fmt: skip
_REMOVED = (
    "square", "ways", "integers", "dollars", "mph", "inches", "ft", "hours", "km", "units", "\\ldots",
    "sue", "points", "feet", "minutes", "digits", "cents", "degrees", "cm", "gm", "pounds", "meters",
    "meals", "edges", "students", "childrentickets", "multiples", "\\text{s}", "\\text{.}",
    "\\text{\ns}", "\\text{}^2", "\\text{}^3", "\\text{\n}", "\\text{}", r"\mathrm{th}", r"^\circ",
    r"^{\circ}", r"\;", r",\!", "{,}", '"', "\\dots",
)  # fmt: skip


def mine(claim: Claim) -> bool:
    return ours.verify(*_of(claim), question=claim.question).outcome == "correct"


def mine_uncached(claim: Claim) -> bool:
    """Ours as if it had never seen a pair, an answer or a question before."""
    for cached in CACHES:
        cached.cache_clear()
    ruling._told.clear()
    return mine(claim)


def _of(claim: Claim) -> tuple[str, str | None]:
    return claim.completion, claim.answer


def math_verify(claim: Claim) -> bool:
    """As its README says: parse both, compare; a failure counts as not equal."""
    from math_verify import parse, verify

    try:
        gold = parse(f"${claim.answer}$", parsing_timeout=SECONDS)
        given = parse(claim.completion, parsing_timeout=SECONDS)
        return verify(gold, given, timeout_seconds=SECONDS)
    except Exception:  # noqa: BLE001 - a peer's crash is its answer, and there are many kinds
        return False


def strings(claim: Claim) -> bool:
    return minerva_form(_last_answer(claim.completion)) == minerva_form(claim.answer or "")


def minerva(claim: Claim) -> bool:
    """Normalised strings, else sympy's simplified difference of the parsed LaTeX is zero."""
    one, other = minerva_form(claim.answer or ""), minerva_form(_last_answer(claim.completion))
    if one == other:
        return True
    with suppress(Exception), _alarm(SECONDS):
        from latex2sympy2_extended import latex2sympy
        from sympy import simplify

        two: Any = (latex2sympy(other), latex2sympy(one))
        return bool(simplify(two[0] - two[1]) == 0)
    return False


def minerva_form(answer: str) -> str:
    answer = answer.split("=")[-1]
    for before, after in _SUBSTITUTIONS:
        answer = answer.replace(before, after)
    for word in _REMOVED:
        answer = answer.replace(word, "")
    answer = re.sub(r"(.*?)(\$)(.*?)(\$)(.*)", "$\\3$", answer)
    answer = re.sub(r"(\\text\{)(.*?)(\})", "\\2", answer)
    answer = re.sub(r"(\\textbf\{)(.*?)(\})", "\\2", answer)
    answer = re.sub(r"(\\overline\{)(.*?)(\})", "\\2", answer)
    answer = re.sub(r"(\\boxed\{)(.*)(\})", "\\2", answer)
    answer = re.sub(r"(frac)([^{])(.)", "frac{\\2}{\\3}", answer)
    answer = re.sub(r"(sqrt)([^{])", "sqrt{\\2}", answer).replace("$", "")
    return answer.replace(",", "") if answer.replace(",", "").isdigit() else answer


@lru_cache(maxsize=1)
def _last_answer(completion: str) -> str:
    """The last box, or what the Minerva prompt asks for."""
    start = completion.rfind("\\boxed{")
    if start < 0:
        found = re.findall(
            r"(?:[Aa]nswer(?: is)?[:：]?|答案是[:：]|####|\nA:)\s*(.*?)(?:\. I hope|$)", completion
        )
        return found[-1].strip("* ") if found else ""
    depth, begin = 0, start + len("\\boxed")
    for at in range(begin, len(completion)):
        depth += (completion[at] == "{") - (completion[at] == "}")
        if depth == 0:
            return completion[begin + 1 : at]
    return ""


@contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


GRADERS: dict[str, Grader] = {
    "normalised string": strings,
    "minerva (sympy)": minerva,
    "math-verify": math_verify,
    "ours, no cache": mine_uncached,
    "ours": mine,
}
