"""Ready sources: rows in the shape each card documents, ingested, verified, read back by SQL."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import run_factory
from ingests import ingest, rows
from shapes import OMNI, ROWS, THOUGHTS_DEFAULT, write

from factory.sources import omni_math
from factory.verifiers.maths import verify

REJECTED = {
    "aqua_rat": {"the correct letter is none of the options'": 1},
    "bespoke_stratos": {"not mathematics: the prompt does not ask for a boxed answer": 1},
    "metamath": {"no 'The answer is:' before the final answer": 1},
    "numina15": {"problem_is_valid is Incomplete": 1},
    "openthoughts": {"not mathematics: domain is code": 1},
    "openthoughts3": {"not mathematics: domain is science": 1},
}
TEST = SimpleNamespace(path=None, config=None, part=None, split="test")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with every ready source, verified."""
    desk = tmp_path_factory.mktemp("library")
    asked = [(f"source={source}", source, table) for source, table in ROWS.items()]
    asked += [("source=openthoughts config=default", "default", THOUGHTS_DEFAULT)]
    for words, name, table in asked:
        done = ingest(desk / "store", *words.split(), f"path={write(desk / name, table)}")
        assert done.returncode == 0, f"{words}: {done.stderr}"
    done = run_factory("verify", f"store={desk / 'store'}")
    assert done.returncode == 0, done.stderr
    return desk / "store"


def problems(library: Path, source: str) -> list[Any]:
    sql = """select statement, s.answer, s.domain, s.origin from problem_sources s
        join raw.problems using (problem_id) where source = ? order by source_row, statement"""
    return rows(library, sql, source)


def traces(library: Path, source: str) -> list[Any]:
    sql = """select r.model, r.finish_reason, r.source_label, outcome, r.trace, r.solution
        from corpus join rollouts r using (rollout_id)
        where r.source = ? order by r.source_row, r.sample_index"""
    return rows(library, sql, source)


def test_every_row_is_a_problem_or_counted_with_its_reason(library: Path) -> None:
    held = dict(rows(library, "select source, count(*) from problem_sources group by all"))
    lines = [
        json.loads(line)
        for file in (library / "rejects").iterdir()
        for line in file.read_text().splitlines()
    ]
    for source, table in ROWS.items():
        reasons = [line["reason"] for line in lines if line["source"] == source]
        assert {r: reasons.count(r) for r in reasons} == REJECTED.get(source, {}), source
        assert held[source] + len(reasons) == len(table), source
    assert all((line["raw"] is None) == ("not mathematics" in line["reason"]) for line in lines)


def test_licence_and_split_come_with_every_row(library: Path) -> None:
    sql = "select distinct source, license, split from problem_sources order by source"
    mit = {"deepscaler", "metamath"}
    assert rows(library, sql) == [
        (s, "MIT" if s in mit else "Apache-2.0", "test" if s == "omni_math" else "train")
        for s in sorted([*ROWS, "openthoughts:default"])
    ]
    unlike = "select count(*) from rollouts r join problem_sources using (source, source_row)"
    assert rows(library, unlike + " where r.license <> problem_sources.license") == [(0,)]


def test_openr1_math(library: Path) -> None:
    assert problems(library, "openr1_math") == [
        ("Show that 7 is prime.", None, "number_theory", "olympiads"),
        ("What is 3 + 4?", "7", "number_theory", "olympiads"),
        ("What is three and four?", "7", "number_theory", "olympiads"),
    ]
    found = traces(library, "openr1_math")
    assert found[3:6] == [
        ("deepseek-r1", None, True, "correct", "3 + 4", "It is \\boxed{7}."),
        ("deepseek-r1", None, False, "incorrect", "3 + 4 = 8", "It is \\boxed{8}."),
        ("deepseek-r1", "length", False, "truncated", "3 + 4, let me", ""),
    ]
    assert [row[1] for row in found[6:]] == ["stop", "stop", "length"]


def test_openthoughts_in_both_of_its_shapes(library: Path) -> None:
    assert problems(library, "openthoughts") == [
        ("What is 2 times 3?", "6", None, "numina_math"),
        ("Is 6 perfect?", None, None, "numina_math"),
    ]
    assert problems(library, "openthoughts:default") == [("What is 6 times 1?", None, None, None)]
    told = ("deepseek-r1", None, None)
    assert traces(library, "openthoughts") == [
        (*told, "correct", "Twice three.", "It is \\boxed{6}."),
        (*told, "no_gold", "Twice three.", "It is \\boxed{6}."),
    ]
    assert traces(library, "openthoughts:default") == [(*told, "no_gold", "Six.", "\\boxed{6}")]


def test_the_traces_of_an_openthoughts3_question_vote(library: Path) -> None:
    sql = "select answer, answer_source from problems where statement = 'What is 5 + 6?'"
    assert rows(library, sql) == [("11", "majority")]
    found = traces(library, "openthoughts3")
    assert {row[0] for row in found} == {"qwq-32b"}
    assert found[-1][1] == "length"
    assert found[-1][4:] == ("Five and", "")


def test_bespoke_stratos(library: Path) -> None:
    assert problems(library, "bespoke_stratos") == [("What is 4 + 4?", None, None, None)]
    assert traces(library, "bespoke_stratos") == [
        ("deepseek-r1", None, None, "no_gold", "Eight, I think.", "It is \\boxed{8}.")
    ]


def test_numina_cot_and_numina15(library: Path) -> None:
    assert [row[1] for row in problems(library, "numina_cot")] == ["9", None]
    assert [row[:4] for row in traces(library, "numina_cot")] == [
        ("gpt-4", None, None, "correct"),
        ("gpt-4", None, None, "no_gold"),
    ]
    found = problems(library, "numina15")
    assert found[0] == ("What is 6 + 6?", "12", "algebra", "cn_k12")
    assert [row[1] for row in found[1:]] == [None, None, None]


def test_metamath_solves_a_query_several_times(library: Path) -> None:
    assert {row[:2] for row in problems(library, "metamath")} == {("What do 9 and 9 make?", "18")}
    found = traces(library, "metamath")
    assert [row[:4] for row in found] == [("gpt-3.5-turbo", None, None, "correct")] * 2


def test_sets_without_traces(library: Path) -> None:
    assert [row[1] for row in problems(library, "deepscaler")] == ["14", None]
    assert problems(library, "big_math") == [
        ("What is 10 + 10?", "20", "applied_mathematics", "orca_math")
    ]
    assert problems(library, "omni_math") == [
        ("Which prime is even?", "2", "number_theory", "imo_shortlist")
    ]
    assert rows(library, "select level from problem_sources where source = 'omni_math'") == [
        ("omni-8.5",)
    ]


def test_omni_maths_difficulty_may_be_a_text_as_in_csv() -> None:
    for told in (8.5, "8.5", "8.50"):
        assert omni_math.parse({**OMNI, "difficulty": told}, TEST).level == "omni-8.5"
    assert omni_math.parse({**OMNI, "difficulty": "3"}, TEST).level == "omni-3"
    for nothing in ("", None):
        assert omni_math.parse({**OMNI, "difficulty": nothing}, TEST).level is None


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [("\\boxed{B}", "correct"), ("\\boxed{42 km}", "correct"), ("\\boxed{(C)}", "incorrect")],
)
def test_aqua_rats_letter_is_judged_by_letter_and_by_text(
    library: Path, reply: str, outcome: str
) -> None:
    ((statement, answer, *_),) = problems(library, "aqua_rat")
    assert statement.endswith("\n(A) 21 km\n(B) 42 km\n(C) 63 km\n(D) 84 km\n(E) None of these")
    assert verify(reply, answer, question=statement).outcome == outcome
