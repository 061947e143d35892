"""The text of a data card: the facts of a mixture in Markdown."""

import json
import shlex
from typing import Any

from factory.errors import RecipeError
from factory.mixing import frozen, pairs, spec
from factory.mixing.facts import Rows
from factory.mixing.limits import limits
from factory.recipe import shown

EXAMPLE = {
    "mid": "a problem and a rollout, to read as plain text",
    "sft": "a problem and a rollout, the text to learn",
    "rft": "a problem and a rollout of the student's own, the text to learn",
    "dpo": "a problem, a right and a wrong rollout of one policy",
    "rl": "a problem and the answer that earns the reward; no rollouts",
}
NO_ROLLOUTS = "*None: rollouts only measured the pass rates.*"
NO_PICTURES = (
    "*matplotlib, which draws the pictures, is not installed: it comes with the extra `card`.*"
)

CARD = """
# {label}

A frozen mixture of the CoT factory for training stage `{stage}`: {rows} examples, {tokens} tokens
by `{tokenizer}`. An example is {example}. Its id `{mixture_id}` hashes the
spec and every row in training order. Frozen {created_at:%Y-%m-%d %H:%M} UTC from snapshot
`{snapshot_id}`.{retracted}

## Parts and drops

{parts}

Of {input} candidates, those not taken, by the first rule that said so (table `mixture_drops`):

{dropped}

Caps and rules: {caps}.

## Licences

Problems, by the source that is shown of each:

{sources}

Rollouts, by who wrote them:

{teachers}

{sampling}

## Verification and audit

{outcomes}

{verified}

## Duplicates

{dedup}

## Evaluation sets

{benchmarks}

## Difficulty, fields, lengths

{difficulty}

{domain}

{lengths}

{pictures}

## Known limits

{limits}

## Make it again

Over a store that has the snapshot, this gives the same id:

```bash
{command}
```

Versions: {versions}.

<details><summary>The resolved spec</summary>

```json
{spec}
```

</details>
"""


def body(mixture: dict[str, Any], found: dict[str, Rows], gone: int, drawn: dict[str, str]) -> str:
    """The text; `gone`: rows retracted since; `drawn`: picture -> what it shows."""
    asked, report = json.loads(mixture["spec"]), json.loads(mixture["report"] or "{}")
    n = f"{mixture['rows']:,}"
    shows = [f"![{words}]({path})" for path, words in drawn.items()]
    return CARD.format(
        **{k: v for k, v in mixture.items() if k not in ("rows", "tokens", "spec")},
        **_tables(mixture["stage"], found),
        label=frozen.label(mixture),
        rows=n,
        tokens=f"{mixture['tokens']:,}",
        example=EXAMPLE.get(mixture["stage"], "a row of text"),
        retracted=f"\n\n**{gone:,} of these {n} examples were retracted since.**" if gone else "",
        input=f"{report.get('input', 0):,}",
        parts=_parts(report),
        caps=_caps(asked, report),
        benchmarks=_benchmarks(found["benchmarks"], asked),
        pictures="\n\n".join(shows) or NO_PICTURES,
        limits=limits(mixture["stage"], found, asked, gone),
        command=command(mixture, asked),
        versions=_versions(found["run"], report),
        spec=json.dumps(asked, indent=1, ensure_ascii=False),
    )


def _tables(stage: str, found: dict[str, Rows]) -> dict[str, str]:
    """What rests on the facts alone."""
    sources = [(name, lic or "unknown", *more) for name, lic, *more in found["sources"]]
    writers = [(t, m, lic or "unknown", rows) for t, m, lic, rows, *_ in found["teachers"]]
    lengths = [
        (what if stage == "dpo" else what.removeprefix("chosen "), least, *q, most)
        for what, least, q, most in found["lengths"]
    ]
    return {
        "dropped": table("rule, candidates", found["dropped"]),
        "sources": table("source, licence, problems, examples", sources),
        "teachers": NO_ROLLOUTS
        if stage == "rl"
        else table("teacher, model, licence, rollouts", writers),
        "sampling": _sampling(found["teachers"]),
        "outcomes": table("verifier, version, outcome, candidates, used", found["outcomes"]),
        "verified": _verified(stage, found),
        "dedup": _dedup(found),
        "difficulty": table("difficulty, examples, problems, mean pass rate", found["difficulty"]),
        "domain": table("field, examples, problems", found["domain"]),
        "lengths": table("tokens of, least, 10 %, median, 90 %, 99 %, most", lengths),
    }


def _parts(report: dict[str, Any]) -> str:
    rows = [
        (p["part"], "all" if p["requested"] is None else p["requested"], p["delivered"], p["rows"])
        for p in report.get("parts", [])
    ]
    return table("part, tokens asked for, tokens, examples", rows)


def _caps(asked: dict[str, Any], report: dict[str, Any]) -> str:
    """What the spec holds the mixture to, beyond `where`."""
    names = ("per_problem", "per_cluster", "per_template", "per_teacher", "length_ratio")
    names += ("tokens", "balance", "exclude", "licences", "policy", "prefer")
    caps = [f"`{name}={_value(asked[name])}`" for name in names if asked.get(name)]
    found = [f"`where`: `{asked.get('where')}`", *caps]
    if matched := report.get("pairs"):
        found.append(pairs.told(matched))
    return "; ".join(found)


def _sampling(rows: Rows) -> str:
    """How each policy was asked."""
    lines = [
        f"- `{teacher}` ({backend}), policy `{policy}`: prompt `{prompt}`, sampling `{sampling}`"
        for teacher, _, _, _, policy, backend, prompt, sampling in rows
        if backend
    ]
    return "\n".join(lines)


def _verified(stage: str, found: dict[str, Rows]) -> str:
    flags, majority, judged = found["verdicts"][0]
    inside = (
        f"{flags:,} verdicts on rollouts inside took a liberty (`flags`), {judged:,} are a "
        f"judge's; {majority:,} were made against an answer that rollouts voted for."
    )
    lines = [
        *([] if stage == "rl" else [inside]),
        *(
            f"Of {n:,} candidates that `{source}` labels itself, the verdict agrees on {same:,}."
            for source, n, same in found["labels"]
        ),
        "Audit: not audited; the store keeps no labels of `just audit`.",
    ]
    return "\n".join(lines)


def _dedup(found: dict[str, Rows]) -> str:
    problems, clusters, templates, unread = found["clusters"][0]
    drops = dict(found["dropped"])
    lines = [
        f"{problems:,} problems in {clusters:,} clusters of duplicates and {templates:,} families "
        f"that differ in numerals only; {unread:,} problems were not compared. "
        f"{drops.get('duplicate', 0):,} candidates were dropped as copies of a rollout."
    ]
    copies = [f"{n:,} {kind} duplicates among the {what}s" for what, kind, n in found["duplicates"]]
    return " ".join(
        [*lines, *([f"In all of the snapshot: {', '.join(copies)}."] if copies else [])]
    )


def _benchmarks(rows: Rows, asked: dict[str, Any]) -> str:
    if not rows:
        return "Checked against no evaluation set."
    head = "set, digest, items, texts checked, kind of hit, hits, hits inside"
    return (
        f"{table(head, rows)}\n\n`copy` and `near` stay out; number variants: "
        f"`{asked.get('number_variants')}`; `suspect` stays in."
    )


def command(mixture: dict[str, Any], asked: dict[str, Any]) -> str:
    """The command that gives these rows: the snapshot, and what differs from the ready spec."""
    given = {k: v for k, v in asked.items() if k not in ("digests", "mixture", "snapshot")}
    try:
        ready = _flat(shown(spec.resolve([f"mixture={mixture['name']}"])))
    except RecipeError:  # its file is gone
        ready = {}
    words = [f"mixture={mixture['name']}", f"snapshot={mixture['snapshot_id']}"]
    words += [f"{k}={_value(v)}" for k, v in _flat(given).items() if ready.get(k, "") != v]
    return shlex.join(["just", "mix", *words])


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        inner = _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else None
        found |= inner if inner is not None else {f"{prefix}{name}": value}
    return found


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return "null" if value is None else str(value)


def _versions(rows: Rows, report: dict[str, Any]) -> str:
    ours = json.loads(rows[0][0]) if rows else {}
    both = {**ours, **report.get("versions", {})}
    return ", ".join(f"{name} {version}" for name, version in both.items()) or "not noted"


def table(names: str, rows: Rows) -> str:
    """Rows as Markdown; numbers in groups of three, shares in percent."""
    heads = names.split(", ")
    lines = [heads, ["---"] * len(heads), *([_cell(v) for v in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0%}"
    told = f"{value:,}" if isinstance(value, int) else str(value if value is not None else "")
    return " ".join(told.split()).replace("|", "\\|")
