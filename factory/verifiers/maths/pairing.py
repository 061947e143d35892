"""Completion, gold answer and question -> the pair of answers to compare."""

from collections.abc import Sequence
from functools import lru_cache

from factory.verifiers import Claim, Flag
from factory.verifiers.maths import choices, extract, naming
from factory.verifiers.maths.ruling import NO_GOLD, Pair, Ruling


def read(row: Claim) -> Pair | Ruling:
    """What to compare, or the ruling where there is nothing to compare."""
    gold = _gold("" if row.answer is None else str(row.answer))
    found = extract.extract(row.completion, row.finish_reason)
    if not found.parts and not gold:
        return NO_GOLD
    if found.kind == "cut":
        return Ruling("truncated", "extract", "cut off at the length limit before an answer")
    if not found.parts:
        return Ruling("no_answer", "extract", "no box and no answer marker in the solution")
    return paired(gold, found.parts, row.question)


def paired(gold: str, found: Sequence[str], question: str | None) -> Pair:
    """One pair; without a question there is nothing to look up."""
    if not question and len(found) == 1:
        return Pair(gold, found[0])
    parts = list(dict.fromkeys(_asked(part, gold, question) for part in found))
    given = naming.in_base_ten(", ".join(parts), question)
    flags: set[Flag] = {"name"} if parts != list(dict.fromkeys(found)) else set()
    if gold:
        gold, given, crossed = choices.paired(gold, given, question)
        flags |= {"choice"} if crossed else set()
    return Pair(gold, given, len(parts) > 1, frozenset(flags))


def _asked(given: str, gold: str, question: str | None) -> str:
    """The right side of "m+n = 73" where the question asks for m+n."""
    left, equals, right = given.rpartition("=")
    if not question or not equals or "=" in gold or left.rstrip()[-1:] in ("<", ">", "!", "\\", ""):
        return given
    return right if "".join(left.split()) in "".join(question.split()) else given


@lru_cache(maxsize=10_000)
def _gold(answer: str) -> str:
    """The final answer of a gold that is a worked solution; any other gold as it is."""
    if "\\boxed" in answer or "####" in answer or "\n" in answer.strip():
        found = extract.extract(answer)
        return ", ".join(found.parts) or answer.strip()
    return answer.strip()
