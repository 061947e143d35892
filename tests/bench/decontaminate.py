"""`just bench decontaminate`: our search for benchmark items beside those of others, in one run.

The sets are MATH-500, the test part of GSM8K, AIME 2024 and 2025. A peer calls a text contaminated
where it shares an n-gram with an item; we do where we find a copy or a reworded item.

    recall     seeded mutants of items: in another spelling or wrapping, reworded, and buried in a
               longer chain of thought, as problems or as rollouts: the share whose own item is
               found. `copies` are those in another spelling and those buried as they are.
    unrelated  problems of the training parts of GSM8K and MATH: the share called contaminated
               with items of sets they have nothing to do with, and of their own set's test part,
               some of which are true.
    variants   items with other numbers: the share called contaminated, and called a variant.
    speed      all problems, and real rollouts, against all sets, one core a tool. Building the
               look-up counts; imports, compiling, reading and writing files do not.

`x` is against `fused`, the rule of open-r1 in one pass over all sets.
"""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from factory.errors import UserError, unknown
from tests.bench import _rig as rig
from tests.bench.mutations import Mutant, buried, mutants, variants

DATA = rig.ROOT.parent / "shared" / "data"
PYTHON = rig.ROOT / ".venv-bench" / "bin" / "python"
PEERS = ("open-r1", "fused", "containment-13gram")
FAMILIES = {
    "spelling": ("latex", "unicode", "plain"),
    "wrapping": ("boilerplate",),
    "typos": ("typo",),
    "rewording": ("paraphrase", "mixed"),
}
COPIES = ("cot", "latex", "quoted_lines", "options")  # kinds of `buried` that keep the words
BURIED = {
    f"{kind}, as {subject}": kind
    for kind in ("buried", "buried and edited")
    for subject in ("problems", "rollouts")
}
CALLED = ("copy", "near")  # what keeps a text out of a mixture
TARGETS = ("target", "wanted", "measured", "")
RECALL, FLAGS, FASTER = 99.0, 0.1, 5.0
REPEATED = {"problem": 6, "rollout": 30}  # times they are searched where speed is measured
LONG = 8  # rollouts in a long one


@dataclass(frozen=True)
class Text:
    """One text to be searched, and the item it holds, if any."""

    text: str
    item: str = ""
    family: str = ""


class Bench:
    """The items, and every tool over any texts."""

    def __init__(self, given: dict[str, str], home: Path) -> None:
        self.given, self.home = given, home
        self.peers = [] if given["peers"] == "none" else given["peers"].split(",")
        for name in self.peers:
            if name not in PEERS:
                raise unknown("peer", name, PEERS)
        self.sets = {name: _statements(*place) for name, place in SETS.items()}

    @property
    def tools(self) -> list[str]:
        """Us and the peers."""
        return ["ours", *self.peers]

    def some(self) -> list[tuple[str, str]]:
        """A sample of the items: id and statement."""
        every = [
            (f"{s}/{i}", text) for s, texts in self.sets.items() for i, text in enumerate(texts)
        ]
        return Random(0).sample(every, min(int(self.given["items"]), len(every)))

    def search(
        self, tool: str, texts: Sequence[Text], sets: Iterable[str] = (), subject: str = "problem"
    ) -> "Found":
        """A tool's hits on items of some sets, or of all."""
        names = list(sets) or list(self.sets)
        items = [
            {"benchmark": name, "id": f"{name}/{i}", "text": text}
            for name in names
            for i, text in enumerate(self.sets[name])
        ]
        train = [{"id": str(i), "text": text.text} for i, text in enumerate(texts)]
        places = [self.home / f"{name}.parquet" for name in ("train", "bench", "out")]
        for rows, place in zip((train, items), places, strict=False):
            pq.write_table(pa.Table.from_pylist(rows), place)
        ours = [sys.executable, rig.HERE / "_decontaminate_ours.py", subject]
        theirs = [PYTHON, rig.HERE / "_decontaminate_peers.py", tool]
        cost = rig.measured([*(ours if tool == "ours" else theirs), *places], self.home / "log")
        told = json.loads(cost.output.strip().splitlines()[-1])
        rig.say(f"  {tool}: {told['docs']:,} {subject}s in {told['seconds']:.2f} s")
        return Found(told, pq.read_table(places[2]).to_pylist())

    def show(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table."""
        rig.show(title, head, rows, self.given["format"] == "markdown")


class Found:
    """What a tool found, and what it took."""

    def __init__(self, told: dict[str, Any], rows: list[dict[str, str]]) -> None:
        self.told = told
        self.kinds: dict[int, dict[str, str]] = defaultdict(dict)
        for row in rows:
            self.kinds[int(row["id"])][row["item"]] = row.get("kind", "copy")

    def called(self, at: int, item: str = "", kinds: Sequence[str] = CALLED) -> bool:
        """Whether a text is called contaminated: with this item, or any."""
        found = self.kinds.get(at, {})
        return found.get(item) in kinds if item else any(k in kinds for k in found.values())

    def share(self, texts: Sequence[Text], which: Iterable[int], **how: Any) -> float:
        """Percent of some texts that are called so, with their own item where they have one."""
        places = list(which)
        hits = sum(self.called(at, texts[at].item, **how) for at in places)
        return 100 * hits / max(len(places), 1)


def _statements(name: str, field: str) -> list[str]:
    path = DATA / name
    if not path.is_file():
        raise UserError(f"{path} is not here: `just bench decontaminate` needs ../shared/data")
    content = path.read_text("utf-8")
    rows = json.loads(content) if name.endswith(".json") else map(json.loads, content.splitlines())
    return [row[field] for row in rows]


SETS = {
    "math500": ("math500_test.json", "problem"),
    "gsm8k": ("gsm8k_test.jsonl", "question"),
    "aime24": ("aime24_nemo.jsonl", "problem"),
    "aime25": ("aime25_nemo.jsonl", "problem"),
}
TRAINED = {
    "GSM8K": ("gsm8k_train.jsonl", "question"),
    "MATH": ("rllm_math_train.json", "problem"),
}


def _family(mutant: Mutant) -> str:
    kind, _, how = mutant.kind.partition(".")
    if kind == "buried":
        return "buried" if how in COPIES else "buried and edited"
    return next(family for family, kinds in FAMILIES.items() if kind in kinds)


def recall(bench: Bench) -> list[list[str]]:
    """Mutants of items by family, as problems; what is buried as rollouts too."""
    seed = int(bench.given["seed"])
    texts = [
        Text(mutant.text, item, _family(mutant))
        for item, statement in bench.some()
        for mutant in [m for m in mutants(statement, seed) if m.same] + buried(statement, seed)
    ]
    groups = {
        name: [i for i, text in enumerate(texts) if text.family == BURIED.get(name, name)]
        for name in (*FAMILIES, *BURIED)
    }
    groups = {"copies": groups["spelling"] + groups["wrapping"], **groups}
    cells: dict[str, list[str]] = {name: [f"{len(group):,}"] for name, group in groups.items()}
    ours: dict[str, float] = {}
    for tool in bench.tools:
        found = bench.search(tool, texts)
        traces = bench.search(tool, texts, subject="rollout") if tool == "ours" else found
        for name, group in groups.items():
            share = (traces if name.endswith("rollouts") else found).share(texts, group)
            cells[name].append(f"{share:.2f}")
            ours.setdefault(name, share)
    rows = [[name, *shares] for name, shares in cells.items()]
    title = f"Mutants of items whose item is found, % ({len(texts):,} texts)"
    bench.show(title, ("kind", "texts", *bench.tools), rows)
    wanted = ("copies", *(name for name in BURIED if "edited" not in name))
    return [_target(f"recall, {name}, %", RECALL, ours[name]) for name in wanted]


def unrelated(bench: Bench) -> list[list[str]]:
    """Training problems against sets they have nothing to do with, and against their own."""
    others = {"GSM8K": ("math500", "aime24", "aime25"), "MATH": ("gsm8k", "aime24", "aime25")}
    own = {"GSM8K": ("gsm8k",), "MATH": ("math500",)}
    rows, flagged, size = [], 0, 0
    for name, place in TRAINED.items():
        texts = [Text(text) for text in _statements(*place)]
        for what, sets in (("unrelated", others[name]), ("its own test part", own[name])):
            shares = []
            for tool in bench.tools:
                found = bench.search(tool, texts, sets)
                hits = sum(found.called(i) for i in range(len(texts)))
                if tool == "ours" and what == "unrelated":
                    flagged, size = flagged + hits, size + len(texts)
                shares.append(f"{100 * hits / len(texts):.3f}")
            rows.append([f"{name} train, {what}", ", ".join(sets), *shares])
    bench.show("Problems called contaminated, %", ("problems", "with", *bench.tools), rows)
    return [_target("unrelated problems called so, %", FLAGS, 100 * flagged / size, at_most=True)]


def changed(bench: Bench) -> list[list[str]]:
    """Items with all numbers changed."""
    seed = int(bench.given["seed"])
    texts = [
        Text(mutant.text, item)
        for item, statement in bench.some()
        for mutant in variants(statement, seed)
    ]
    rows = []
    for tool in bench.tools:
        found, every = bench.search(tool, texts), range(len(texts))
        kinds = ("number_variant",)
        told = f"{found.share(texts, every, kinds=kinds):.2f}" if tool == "ours" else "-"
        rows.append([tool, f"{found.share(texts, every):.2f}", told])
    head = ("tool", "called contaminated", "called a variant")
    bench.show(f"Items with other numbers, % ({len(texts):,} texts)", head, rows)
    return []


def speed(bench: Bench) -> list[list[str]]:
    """Problems and rollouts against all sets."""
    problems = [Text(t) for place in TRAINED.values() for t in _statements(*place)]
    told = [
        text
        for line in (DATA / "qwen25_math_cot_100x8.jsonl").read_text("utf-8").splitlines()
        for text in json.loads(line)["code"]
    ]
    long = ["\n\n".join(told[i : i + LONG]) for i in range(0, len(told), LONG)]
    corpora = {"problem": problems, "rollout": [Text(text) for text in long]}
    rows, targets = [], []
    for subject, texts in corpora.items():
        many = texts * REPEATED[subject]
        costs = {tool: bench.search(tool, many, subject=subject).told for tool in bench.tools}
        for tool, cost in costs.items():
            times = costs["fused"]["seconds"] / cost["seconds"] if "fused" in costs else None
            docs, size = cost["docs"] / cost["seconds"], cost["bytes"] / cost["seconds"] / 1e6
            x = f"{times:.1f}" if times else "-"
            rows.append(
                [f"{tool}, {subject}s", f"{docs:,.0f}", f"{size:.1f}", f"{cost['peak_mb']:,.0f}", x]
            )
            if tool == "ours" and times:
                targets.append(_target(f"speed, {subject}s, times fused", FASTER, times))
    bench.show("Speed, one core", ("tool", "texts/s", "MB/s", "peak MB", "x"), rows)
    return targets


def _target(what: str, wanted: float, got: float, at_most: bool = False) -> list[str]:
    good = got <= wanted if at_most else got >= wanted
    sign = "at most" if at_most else "at least"
    return [what, f"{sign} {wanted:g}", f"{got:.2f}", "met" if good else "missed"]


PARTS = {"recall": recall, "unrelated": unrelated, "variants": changed, "speed": speed}


def main(words: list[str]) -> int:
    """Run the parts. Raises UserError."""
    given = rig.options(
        words, parts=",".join(PARTS), peers=",".join(PEERS), items="300", seed="0", format="table"
    )
    if (form := given["format"]) not in ("table", "markdown"):
        raise unknown("format", form, ("table", "markdown"))
    parts = given["parts"].split(",")
    if missing := [part for part in parts if part not in PARTS]:
        raise unknown("part", missing[0], PARTS)
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        bench = Bench(given, Path(home))
        if bench.peers:
            subprocess.run([rig.HERE / "build"], check=True)
        targets = [row for part in parts for row in PARTS[part](bench)]
    bench.show("Targets", TARGETS, targets)
    return 0
