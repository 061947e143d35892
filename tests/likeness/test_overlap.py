"""What a text with evaluation items in it is called: the rule of `just decontaminate`."""

import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from leaks import FARM, FILLER, ITEMS, SHORT, TRAIN

from factory import contamination
from factory.contamination import Piece


def found(path: Path, texts: list[str], subject: str = "problem") -> list[dict[int, str]]:
    """For every text: the items it hits, and as what."""
    rows = [
        {"benchmark": "b", "digest": "d", "item_id": str(i), "statement": text}
        for i, text in enumerate(ITEMS)
    ]
    path = path / "items.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    table = pa.table({"subject_id": [str(i) for i in range(len(texts))], "text": texts})
    hits: list[dict[int, str]] = [{} for _ in texts]
    for row in contamination.searched(str(path), [Piece("s", subject, table)])[0].found:
        hits[int(row["subject_id"])][int(row["item_id"])] = row["kind"]
    return hits


def test_a_copy_is_found_in_any_spelling_and_inside_a_longer_problem(tmp_path: Path) -> None:
    spelled = TRAIN.replace(r"\frac", r"\dfrac").replace(r"\le ", "≤ ").replace("$", " $ ")
    plain = (
        "Let f(x) = (3x + 7)/(x - 2) for all real x ≠ 2. Find the sum of all integers n with "
        "10 ≤ n ≤ 45 such that f(n) is an integer."
    )
    wrapped = f"Solve the following problem step by step.\n\nProblem 7. {FARM}"
    longer = f"{FILLER * 3}{TRAIN} {FILLER}"
    hits = found(tmp_path, [TRAIN, spelled, wrapped, longer, plain, FARM.upper()])
    assert hits[:4] == [{0: "copy"}, {0: "copy"}, {1: "copy"}, {0: "copy"}]
    assert [list(hit) for hit in hits[4:]] == [[0], [1]]
    assert {kind for hit in hits[4:] for kind in hit.values()} <= {"copy", "near"}


def test_a_reworded_problem_is_near_one_with_other_numbers_a_number_variant(tmp_path: Path) -> None:
    reworded = FARM.replace("A farmer has", "A farmer owns").replace("he buys", "he purchases")
    variant = FARM.replace("240", "360").replace("15", "20").replace("12", "14")
    exchanged = FARM.replace("240", "#").replace("15", "240").replace("#", "15")
    hits = found(tmp_path, [reworded, variant, exchanged])
    assert hits == [{1: "near"}, {1: "number_variant"}, {1: "number_variant"}]


def test_other_problems_are_not_hit(tmp_path: Path) -> None:
    other = [
        "A farmer has 240 cows. How much milk do they give in 15 days at 12 litres a day each?",
        r"Let $f(x) = x^2 + 3x + 7$. Find the sum of all integers $n$ with $f(n) = 45$.",
        "What is the cost of 12 bags?",
        r"Compute $\sin 40^\circ$.",
        "",
        "2",
    ]
    kinds = {kind for hit in found(tmp_path, other) for kind in hit.values()}
    assert kinds <= {"suspect"}


def test_a_problem_of_which_the_words_ask_something_else_is_no_copy(tmp_path: Path) -> None:
    other = FARM.replace("How much does one bag of corn cost?", "How much less do 3 bags cost?")
    assert found(tmp_path, [other])[0].get(1) != "copy"


def test_a_short_item_is_found_whole_or_not_at_all(tmp_path: Path) -> None:
    texts = [
        SHORT,
        "what is 17+28",
        "What is $17 + 29$?",
        f"{FILLER} So what is 17 + 28? It is 45.",
    ]
    hits = found(tmp_path, texts)
    assert [hit.get(2) for hit in hits] == ["copy", "copy", None, None]
    within = [f"{FILLER} Compute sin 40° cos 20° first. {FILLER}", "Compute sin 40° and cos 20°."]
    assert [hit.get(3) for hit in found(tmp_path, within, "rollout")] == ["copy", None]


def test_a_trace_that_quotes_an_item_is_hit_and_one_that_has_bits_of_it_is_not(
    tmp_path: Path,
) -> None:
    quoted = FILLER * 20 + "\n> " + FARM.replace(". ", ".\n> ") + "\n" + FILLER * 20
    words = FARM.split()
    bits = " ".join(" ".join(words[i : i + 6]) + " " + FILLER * 8 for i in range(0, len(words), 3))
    variant = FILLER * 9 + FARM.replace("240", "360").replace("15", "20") + FILLER * 9
    hits = found(tmp_path, [quoted, bits, variant], "rollout")
    assert hits == [{1: "copy"}, {}, {1: "number_variant"}]


def test_the_span_is_the_overlapping_text(tmp_path: Path) -> None:
    text = FILLER * 30 + "ünïcödé — " + FARM + FILLER * 30
    found(tmp_path, [])
    table = pa.table({"subject_id": ["a"], "text": [text]})
    path = str(tmp_path / "items.parquet")
    row = contamination.searched(path, [Piece("s", "rollout", table)])[0].found[0]
    assert len(row["span"]) <= contamination.SPAN
    start = text.index(row["span"][:40])
    assert abs(start - text.index(FARM)) < 20


def test_a_million_characters_take_seconds_and_no_more(tmp_path: Path) -> None:
    found(tmp_path, [FARM])  # compiled
    texts = [
        TRAIN * 6_000,
        "1 + " * 250_000,
        "$" * 1_000_000,
        FILLER * 4_000 + FARM,
        "\\{" * 500_000,
    ]
    began = time.monotonic()
    hits = found(tmp_path, texts) + found(tmp_path, texts, "rollout")
    assert time.monotonic() - began < 20
    assert [hit.get(1) for hit in hits] == [None, None, None, "copy", None] * 2
    assert hits[0].get(0) == "copy"
