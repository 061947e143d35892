"""What a mixture cannot claim: the paragraph of known limits of its card, out of its facts."""

from collections.abc import Iterator
from typing import Any

from factory import licences
from factory.mixing.facts import Rows
from factory.recipe import HOME


def limits(stage: str, found: dict[str, Rows], asked: dict[str, Any], gone: int) -> str:
    """One paragraph; `gone`: rows that were retracted since."""
    facts = [*_verdicts(found), *_rows(stage, found), *_sets(found, asked)]
    if gone:
        facts.append(f"{gone:,} examples were retracted after it was frozen")
    return " ".join(f"{fact}." for fact in facts)


def _verdicts(found: dict[str, Rows]) -> Iterator[str]:
    flags, majority, _ = found["verdicts"][0]
    yield "No audit of the verdicts is on record, and a right answer does not make the steps right"
    if flags:
        yield f"{flags:,} rollouts count as correct by a liberty that a strict reading refuses"
    if majority:
        yield f"{majority:,} rollouts rest on an answer that no source states"
    if lost := sum(n for _, _, outcome, n, _ in found["outcomes"] if outcome == "not judged"):
        yield f"{lost:,} candidates had no verdict"
    groups, tries = found["judged"][0]
    if groups:
        yield (
            f"Pass rates, and so difficulties, are the teacher's own, from {tries} rollouts a "
            "problem (median)"
        )


def _rows(stage: str, found: dict[str, Rows]) -> Iterator[str]:
    sources = [(lic, rows) for _, lic, _, rows in found["sources"]]
    writers = [(lic, rows) for _, _, lic, rows, *_ in found["teachers"]] if stage != "rl" else []
    for what, stated in (("problems", sources), ("rollouts", writers)):
        if unknown := sum(rows for lic, rows in stated if not lic):
            yield f"The {what} of {unknown:,} examples state no licence"
        if bound := sum(rows for lic, rows in stated if lic and not licences.of_hub(lic)):
            yield f"The {what} of {bound:,} examples may not be handed on"
        if paid := sum(rows for lic, rows in stated if licences.non_commercial(lic)):
            yield f"The {what} of {paid:,} examples are for non-commercial use only"
    for name, column in (("difficulty", "measured difficulty"), ("domain", "stated field")):
        lost = sum(row[1] for row in found[name] if row[0] in ("not measured", "not stated"))
        if lost:
            yield f"{lost:,} examples have no {column}"
    if any(row[5] == "embedded" or row[0] == "solver" for row in found["teachers"]):
        yield (
            "Rollouts of the embedded teacher fill in templates: they are for running the line, "
            "not for a model meant for people"
        )


def _sets(found: dict[str, Rows], asked: dict[str, Any]) -> Iterator[str]:
    unread = found["clusters"][0][3]
    if unread:
        yield f"{unread:,} problems were not compared with the others"
    yield "About half of the paraphrases that people write by hand are not seen as duplicates"
    ready = {path.stem for path in (HOME / "benchmarks").glob("*.yaml")}
    if unasked := sorted(ready - set(asked.get("benchmarks", []))):
        yield f"It was not checked against {', '.join(unasked)}"
    for name, _, _, _, kind, _, inside in found["benchmarks"]:
        if inside:
            yield f"{inside:,} texts inside overlap with {name} as `{kind}`"
