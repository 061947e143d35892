"""Tags: what each tagger says of a text or a group, whose tokens count, and what is owed again."""

import random
import shutil
import statistics
from pathlib import Path
from typing import Any

import pytest
from conftest import run_factory
from rows import problems, rollout, run, sources

from factory import catalog, reasoning, tag, tokens
from factory.errors import RecipeError
from factory.identity import problem_id
from factory.recipe import HOME
from factory.store import Store
from factory.taggers import degeneration, question
from schemas.arrow import from_rows


def rows(store: Store, sql: str) -> list[Any]:
    with catalog.connect(store) as con:
        return con.sql(sql).fetchall()


@pytest.fixture
def tagged(store: Store) -> Store:
    """A problem with four rollouts, one cut off, and one without any."""
    told = ["four", "four " * 2, "four " * 3, "four " * 6]
    ends = ["stop", None, "stop", "length"]
    given = [
        rollout("What is 2 + 2?", index, text, finish_reason=end)
        for index, (text, end) in enumerate(zip(told, ends, strict=True))
    ]
    names = ("What is 2 + 2?", "Prove that 2 is even.")
    store.commit(
        run(),
        {
            "problems": problems(*names),
            "problem_sources": sources(*((name, name, "4", "train") for name in names)),
            "rollouts": from_rows("rollouts", given),
        },
    )
    assert run_factory("tag", f"store={store.root}").returncode == 0
    return store


def test_each_group_knows_how_long_its_rollouts_are_and_how_many_were_cut(tagged: Store) -> None:
    sql = "select name, value from tags where tagger = 'group_length' and scope = 'policy'"
    found = dict(rows(tagged, sql))
    counted = tokens.count(["four", "four " * 2, "four " * 3, "four " * 6], "cot-4k")
    assert found["n"] == 4
    assert found["tokens_mean"] == pytest.approx(statistics.mean(counted))
    assert found["tokens_std"] == pytest.approx(statistics.stdev(counted))
    assert found["tokens_cv"] == pytest.approx(found["tokens_std"] / found["tokens_mean"])
    assert max(counted) > found["tokens_p95"] > sorted(counted)[-2]
    assert found["truncation_rate"] == pytest.approx(1 / 3)  # of one it is not known
    again = run_factory("tag", f"store={tagged.root}")
    assert "nothing owed" in again.stdout


def value(statement: str, tagger: str, name: str, said: float | str, **more: str) -> dict[str, Any]:
    """A tag row of a problem."""
    kind = "label" if isinstance(said, str) else "value"
    named = {"subject": "problem", "subject_id": problem_id(statement), "tagger": tagger}
    return {**named, "scope": "", "version": "1", "run_id": "2", "name": name, kind: said, **more}


@pytest.fixture
def measured(store: Store) -> Store:
    """Of p two policies have four judged rollouts, of q one has three; r is graded, not stated."""
    given = [
        rollout("p", 0, "x", policy_id="old", run_id="1"),
        rollout("p", 1, "x", policy_id="new", run_id="2", model="stronger"),
        rollout("q", 0, "x", policy_id="old"),
    ]
    counts = {("p", "old"): (4, 1), ("p", "new"): (4, 2), ("q", "old"): (3, 3)}
    tags = [
        value(statement, "pass_rate", name, said, scope=policy)
        for (statement, policy), (n, k) in counts.items()
        for name, said in (("n", n), ("k", k), ("pass_rate", k / n))
    ]
    for run_id, level in (("1", "college"), ("2", "graduate")):
        tags += [
            value(statement, "rubric", "level", level, scope=f"t{run_id}", run_id=run_id)
            for statement in "pr"
        ]
    tags.append(value("p", "question", "question", "proof,multi_part"))
    tags.append(value("q", "question", "question", ""))
    stated = sources(("0", "p", "4", "train"), ("1", "q", "4", "train")).to_pylist()
    stated += [stated[0] | {"source": "a", "level": "middle", "domain": "logic"}]
    stated += [stated[0] | {"source": "b", "level": "high_school"}]
    tables = {
        "problems": problems(*"pqr"),
        "problem_sources": from_rows("problem_sources", stated),
        "rollouts": from_rows("rollouts", given),
        "tags": from_rows("tags", tags),
    }
    store.commit(run(), tables)
    return store


def test_difficulty_is_by_the_policy_with_most_rollouts_then_the_one_asked_last(
    measured: Store,
) -> None:
    sql = """
        select statement, d.level, d.level_source, d.domain_source, difficulty, difficulty_source,
            pass_rate, n, policy_id
        from difficulty d join problems using (problem_id) order by 1
    """
    assert rows(measured, sql) == [
        ("p", "high_school", "source:b", "source:a", "medium", "pass_rate:stronger", 0.5, 4, "new"),
        ("q", None, None, None, None, None, None, None, None),
        ("r", "graduate", "rubric:t2", None, None, None, None, None, None),
    ]


def test_a_group_is_a_row_and_a_question_of_no_kind_is_known_to_be_none(measured: Store) -> None:
    found = rows(measured, "select policy_id, n, k, rollouts, level from groups order by all")
    assert found == [("new", 4, 2, 1, "high_school"), ("old", 3, 3, 1, None), (
        "old", 4, 1, 1, "high_school")]  # fmt: skip
    sql = "select question from problems order by statement"
    assert rows(measured, sql) == [(["proof", "multi_part"],), ([],), (None,)]
    sql = "select count(*) from corpus where not list_contains(question, 'proof')"
    assert rows(measured, sql) == [(1,)]


LOOP = "I check it once more and it is the same. " * 200
SOUND = "We add 17 and 25: 7 + 5 is 12, carry 1, then 1 + 2 + 1 is 4, which makes 42 altogether."


def test_a_loop_compresses_and_sound_text_does_not() -> None:
    assert degeneration.compression_ratio(LOOP) < 0.05
    assert 0.5 < degeneration.compression_ratio(SOUND) < 1.1


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        (SOUND, 0, 0),
        ("The angle α is π/2, and ∠ABC = 2θ. So the sum over ℝ is ∅.", 0, 0),
        ("Die Lösung für größere Zahlen naïve façade", 0, 0),
        ("我们再检查一下，设三角形ABC的面积为S，\\frac{1}{2}ab sin C。", 0, 0),
        ("次の方程式を解いてください。カタカナも。", 0, 0),
        ("We have x = 2. 所以答案是四。", 0.3, 0.5),
        ("Сначала найдём сумму, then we multiply by three", 0.4, 0.5),
        ("1 + 1 = 2 ½", 0, 0),
    ],
)
def test_another_script_is_a_mix_and_letters_of_formulas_are_none(
    text: str, low: float, high: float
) -> None:
    assert low <= degeneration.language_mix(text) <= high


@pytest.mark.parametrize(
    ("reply", "field", "unfinished"),
    [
        ("<think>two and", None, True),
        ("", "two and", True),
        ("<think>two</think>", None, True),  # nothing was said
        ("<think>two</think>4", None, False),
        ("4", "two", False),
        ("4", None, False),
        ("", None, False),
        ("Well. <think>two and", None, True),
        ("<|begin_of_thought|>two and", None, True),
    ],
)
def test_a_thought_that_never_ends_is_seen_as_it_is_stored(
    reply: str, field: str | None, unfinished: bool
) -> None:
    assert degeneration.unfinished(*reasoning.split(reply, field)) == unfinished


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("four", 0),
        (r"\boxed{4} and so \boxed{ 4 }", 1),
        (r"\boxed{\frac{1}{2}} or \boxed{\frac{1}{3}} or \fbox{9}", 2),
        (r"\boxed{\left\{1\right\}} \fboxed{2} \boxed{\text{cut", 3),
    ],
)
def test_boxes_count_once_for_each_content(text: str, count: int) -> None:
    assert degeneration.boxes(text) == count


QUESTIONS = {
    "Prove that $n^2+n$ is even.": "proof",
    "Let a + b = 1. Show that ab <= 1/4.": "proof",
    "Prove or disprove: every prime is odd.": "proof",
    "Give a rigorous proof of Fermat's little theorem.": "proof",
    "Find x and prove your answer.": "",
    "The lawyer wants to prove that he is right. How many days?": "",
    "The records show that the team won three. How many did they lose?": "",
    "It takes 2 hours for the dough to proof. When does it end?": "",
    "In how many ways can the letters of PROOF be arranged?": "",
    "Show your work. What is 2 + 2?": "",
    "(a) Find x. (b) Prove that it is unique.": "proof,multi_part",
    "Is 91 a prime number?": "yes_no",
    "If n is even, is n^2 even?": "yes_no",
    "Determine whether the series converges.": "yes_no",
    "Is it possible to tile the board or not?": "yes_no",
    "True or false: 1 is prime.": "yes_no",
    "Is f(x) = 3^x an even function, odd function, or neither?": "",
    "Can 7 be written as a sum of two squares? If so, find them.": "",
    "How many positive divisors of 30! are prime?": "",
    "How much, in dollars, does a ride cost?": "",
    r"$\textbf{(A)}\ 1\qquad\textbf{(B)}\ 3\qquad\textbf{(C)}\ 12$": "multiple_choice",
    "What is 2 + 2? A) 3 B) 4 C) 5 D) 6": "multiple_choice",
    "Which is closest?\n\nA.\t67.3\nB.\t67.4\nC.\t67.5": "multiple_choice",
    "Which of the following is prime?": "multiple_choice",
    "Points A, B, C lie on a line with AB = 3. Find BC.": "",
    "[asy] dot(A); dot(B); dot(C); [/asy] Find (A) + (B).": "",
    "(a) Find x. (b) Find y.": "multi_part",
    "1. Compute 2 + 2.\n2. Compute 3 + 3.": "multi_part",
    "What is x? What is y?": "multi_part",
    "Part A: find x.\nPart B: find y.": "multi_part",
    "Let (i) f be continuous and (ii) f(0) = 1. Find f(1).": "",
    "Given f(1) = 2 and f(2) = 6, find f(a) and f(b).": "",
    "The rules: 1) He chooses a column. 2) He breaks the lowest. In how many orders?": "",
    "How many are there? That is, how many does he have?": "",
    "In the diagram, $BP$ trisects $\\angle ABC$. Find it.": "missing_figure",
    "A square is folded as shown, and an area is black. Find it.": "missing_figure",
    "What is the sum of the angles of the convex hexagon shown?": "missing_figure",
    "![](https://cdn.example/x.png) Find x.": "missing_figure",
    "The graph of f, of five segments, is shown in red below. Find x.": "missing_figure",
    "In the diagram below [asy]draw(A--B);[/asy] find AB.": "",
    "The table below has prices.\n| a | b |\n|---|---|\n| 1 | 2 |\nFind x.": "",
    "It can be shown that the graph of f is connected. Find f.": "",
    "The region lies above the graph of y = |x|. Find its area.": "",
    "When the figure is rotated, where does M go?": "",
    "A figure skater spins 2250 degrees. Which way does she face?": "",
    "She plays table football and has a map on the table. How old is she?": "",
}


@pytest.mark.parametrize(("statement", "kinds"), QUESTIONS.items())
def test_a_question_is_of_the_kinds_that_its_words_name(statement: str, kinds: str) -> None:
    assert ",".join(question.kinds(statement)) == kinds


def test_a_second_tokenizer_adds_its_counts_to_those_of_the_first(
    tagged: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(HOME / "tokenizers" / "cot-4k.json", folder / "tokenizer.json")
    done = run_factory("tag", f"store={tagged.root}", f"tokenizer={folder}")
    assert done.returncode == 0, done.stderr
    found = rows(tagged, "select scope, name, sum(value) from tags where scope <> '' and name like "
                 "'%tokens' group by all order by all")  # fmt: skip
    mine = tokens.name(str(folder))
    assert mine.startswith("mine-")
    by_scope = {scope: [(n, v) for s, n, v in found if s == scope] for scope in ("cot-4k", mine)}
    assert len(found) == 6
    assert by_scope["cot-4k"] == by_scope[mine]
    assert rows(tagged, "select count(*), sum(tokens) from corpus")[0][0] == 4
    again = run_factory("tag", f"store={tagged.root}", f"tokenizer={folder / 'tokenizer.json'}")
    assert "nothing owed" in again.stdout
    with catalog.connect(tagged) as con:
        assert not any(tag.owed(con, tagger) for tagger in tag.taggers())


def test_a_tokenizer_nobody_knows_is_one_line(tagged: Store, tmp_path: Path) -> None:
    done = run_factory("tag", f"store={tagged.root}", "tokenizer=cot-4")
    assert done.returncode == 2
    assert "unknown tokenizer 'cot-4'; did you mean 'cot-4k'?" in done.stderr
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(RecipeError, match=r"broken\.json is no tokenizer\.json"):
        tokens.load(str(tmp_path / "broken.json"))


def test_lengths_are_those_of_the_tokenizer() -> None:
    seed, tokenizer = random.Random(1), tokens.load("cot-4k")
    pieces = [*" \t\n\r\x1c\x85\xa0\u2003\u30000719½٣一é!_aB🙂", "  ", "'s", "<think>", "\\frac"]
    pieces += ["<eos>", " 12", "e\u0301", "\u200b", "x" * 99]
    texts = ["".join(seed.choices(pieces, k=seed.randrange(12))) for _ in range(2000)]
    for text, counted in zip(texts, tokens.count(texts, "cot-4k"), strict=True):
        assert counted == len(tokenizer.encode(text).ids), text
    path = HOME / "tokenizers" / "cot-4k.json"  # not by words
    assert tokens.count(texts, str(path)) == tokens.count(texts, "cot-4k")
