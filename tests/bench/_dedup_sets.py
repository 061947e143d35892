"""Texts of `just bench dedup`: real problems and rollouts, boilerplate, mutants."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from factory.identity import problem_id
from tests.bench import _rig as rig
from tests.bench.mutations import mutants

DATA = rig.ROOT.parent / "shared" / "data"
SEED = 5

WRAPPERS = (  # what stands around half of the texts
    "Question: {}\nPlease reason step by step, and put your final answer within \\boxed{{}}.",
    "Solve the following math problem step by step.\n\n{}\n\nLet's think step by step.",
    "Problem: {}\n\nAnswer:",
)
BOILERPLATE = (  # the same as one expression, for tools that take off none
    r"^\s*(?:(?:Question|Problem): |Solve the following math problem step by step\.\s*)"
    r"|\s*Please reason step by step, and put your final answer within \\boxed\{\}\.\s*$"
    r"|\s*(?:Let's think step by step\.|Answer:)\s*$"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A real problem and its final answer; `first`: no other before it has its text."""

    text: str
    answer: str | None
    first: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A text of the mutated corpus: the place of its original there; kind `` is the original."""

    text: str
    original: int
    kind: str = ""
    same: bool = True

    @property
    def family(self) -> str:
        """The first word of its kind."""
        return self.kind.split(".")[0]


def lines(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of the shared data: JSON lines, or one array."""
    text = (DATA / name).read_text("utf-8")
    rows = json.loads(text) if name.endswith(".json") else map(json.loads, text.splitlines())
    yield from rows


def problems(most: int = 0) -> list[Problem]:
    """Real problems; `most`: a sample of so many, 0 for all. Spaces make no other text."""
    every = list(_problems())
    if 0 < most < len(every):
        every = random.Random(SEED).sample(every, most)
    seen: set[str] = set()
    found = []
    for problem in every:
        name = problem_id(problem.text)
        found.append(replace(problem, first=name not in seen))
        seen.add(name)
    return found


def _problems() -> Iterator[Problem]:
    for part in ("train", "test"):
        for row in lines(f"gsm8k_{part}.jsonl"):
            answer = row["answer"].rpartition("####")[2].strip().replace(",", "")
            yield Problem(row["question"], answer)
    for name in ("rllm_math_train.json", "math500_test.json"):
        for row in lines(name):
            yield Problem(row["problem"], str(row["answer"]))
    for row in lines("math_test_5000.jsonl"):
        yield Problem(row["problem"], boxed(row["solution"]))


def boxed(solution: str) -> str | None:
    """What stands in the last box of a solution."""
    start = solution.rfind("\\boxed{") + len("\\boxed{")
    depth = 1
    for place in range(start, len(solution) if "\\boxed{" in solution else 0):
        depth += (solution[place] == "{") - (solution[place] == "}")
        if depth == 0:
            return solution[start:place]
    return None


def solutions() -> list[str]:
    """Real rollouts."""
    qwen = [text for row in lines("qwen25_math_cot_100x8.jsonl") for text in row["code"]]
    small = [
        value["solution"]
        for row in lines("gsm8k_example_model_solutions.jsonl")
        for value in row.values()
        if isinstance(value, dict)
    ]
    return qwen + small


def wrapped(texts: Sequence[str], count: int = 0) -> list[str]:
    """Texts over again until there are `count`, every second one in boilerplate."""
    wrappers = cycle(WRAPPERS)
    again = islice(cycle(texts), count or len(texts))
    return [next(wrappers).format(t) if place % 2 else t for place, t in enumerate(again)]


def repeated(texts: Sequence[str], size: int) -> list[str]:
    """Texts over again until they are so many bytes."""
    whole = sum(len(text.encode()) for text in texts)
    return wrapped(texts, -(-size * len(texts) // whole))


def mutated(count: int) -> list[Row]:
    """So many originals, half words and half contest problems, each followed by its mutants."""
    words = [row["question"] for row in lines("gsm8k_train.jsonl")]
    contest = [row["problem"] for row in lines("rllm_math_train.json")]
    draw = random.Random(SEED).sample
    rows: list[Row] = []
    for seed, text in enumerate(draw(words, count // 2) + draw(contest, count - count // 2)):
        place = len(rows)
        rows.append(Row(text, place))
        rows += [Row(m.text, place, m.kind, m.same) for m in mutants(text, seed)]
    return rows


def parquet(texts: Sequence[str], path: Path) -> Path:
    """The file that tools read: columns id, text."""
    ids = [str(place) for place in range(len(texts))]
    pq.write_table(pa.table({"id": ids, "text": texts}), path)
    return path
