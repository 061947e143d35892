"""`just dedup`: clusters, what is written, resuming, order, and texts that mean harm."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, run_factory
from rows import problems, rollout, run, sources

from factory import catalog, line
from factory.clusters import Edge, joined
from factory.identity import problem_id
from factory.progress import Progress
from factory.store import Store
from schemas.arrow import from_rows

FIRST = "Tom has 3 apples and buys 14 more at the shop. How many apples has Tom?"
REWORDED = "Tom owned three apples; at the store he purchased 14 more. How many apples has Tom?"
COUNTS = "select (select count(*) from shards), (select count(*) from runs)"
SPELLED = "Question: Tom has 3 apples and buys $14$ more at the shop. How many apples has Tom?"
CHANGED = "Tom has 2 apples and buys 14 more at the shop. How many apples has Tom?"


def rows(store: Store, sql: str) -> list[Any]:
    with catalog.connect(store) as con:
        return con.sql(sql).fetchall()


def dedup(store: Store) -> dict[str, int]:
    """What the step counted."""
    recipe = line.recipe_of("dedup", [])
    return line.run_step(store, "dedup", recipe, Progress()).counts


def assigned(store: Store) -> list[Any]:
    """What clusters say, without who said it."""
    return rows(
        store,
        "select subject, subject_id, cluster_id, representative_id, kind, round(score, 9), reason "
        "from duplicates order by all",
    )


def test_problems_join_by_spelling_and_by_rewording_and_never_over_a_number(store: Store) -> None:
    store.commit(run(), {"problems": problems(FIRST, REWORDED, SPELLED, CHANGED)})
    dedup(store)
    found = {row[1]: row for row in assigned(store)}
    assert set(found) == {problem_id(text) for text in (FIRST, REWORDED, SPELLED)}
    assert len({row[2] for row in found.values()}) == 1
    kinds = sorted(row[4] for row in found.values())
    assert kinds in (["exact", "exact", "near"], ["exact", "near", "near"])
    told = rows(store, "select same, reason, score from comparisons order by score")
    assert (True, "the same mathematics in other words") in [row[:2] for row in told]
    assert (False, "another numeral") in [row[:2] for row in told]


def test_the_representative_has_an_answer_then_a_licence_then_the_smallest_id(
    store: Store,
) -> None:
    store.commit(
        run(),
        {
            "problems": problems(FIRST, REWORDED, SPELLED),
            "problem_sources": sources(("0", REWORDED, "17", None)),
        },
    )
    dedup(store)
    assert {row[3] for row in assigned(store)} == {problem_id(REWORDED)}


def test_a_second_run_reads_and_writes_nothing(store: Store) -> None:
    store.commit(run(), {"problems": problems(FIRST, REWORDED, CHANGED)})
    dedup(store)
    before = rows(store, COUNTS)
    assert dedup(store) == {}
    done = run_factory("dedup", f"store={store.root}")
    assert "dedup: nothing owed; nothing written" in done.stdout
    assert "problems           3  0 say what another says, 1 in other words" in done.stdout
    assert rows(store, COUNTS) == before


def texts(count: int, seed: int) -> list[str]:
    """Problems of which many are reworded, spelled otherwise or one number apart."""
    draw = random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        a, b = draw.randint(4, 60), draw.randint(4, 60)
        name = draw.choice(["Tom", "Ann", "Eve"])
        found += [
            f"{name} has {a} apples and buys {b} more at the shop. How many does {name} have?",
            f"Q: {name} has ${a}$ apples and buys {b} more at the shop. How many does {name} have?",
            f"{name} owned {a} apples and purchased {b} more at the store. "
            f"How many does {name} have now?",
            f"Compute ${a}^2 + {b}$.",
            f"Evaluate ${a}^{{2}}+{b}$",
        ]
    return list(dict.fromkeys(found))


def test_neither_order_nor_the_number_of_runs_plays_a_part(tmp_path: Path) -> None:
    all_texts = texts(150, 1)
    answers = [rollout(text, i, f"{i % 2} so 5") for text in all_texts[:40] for i in range(4)]
    outcomes = []
    for seed, parts in ((0, 1), (1, 3), (2, 4)):
        store = Store(tmp_path / str(seed), create=True)
        order = random.Random(seed).sample(all_texts, len(all_texts))
        for part in range(parts):
            some = order[part::parts]
            mine = [r for r in answers if r["rollout_id"].rpartition("-")[0] in some]
            tables = {"problems": problems(*some)}
            if mine:
                tables["rollouts"] = from_rows("rollouts", mine)
            store.commit(run(), tables)
            dedup(store)
        outcomes.append(assigned(store))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert len(outcomes[0]) > 100


def test_only_what_is_new_is_read_and_compared(store: Store) -> None:
    store.commit(run(), {"problems": problems(*texts(100, 2))})
    dedup(store)
    store.commit(run(), {"problems": problems(FIRST, REWORDED)})
    counts = dedup(store)
    assert (counts["problems read"], counts["texts compared"]) == (2, 2)
    assert rows(store, "select count(*) from fingerprints") == [(len(texts(100, 2)) + 2,)]


def test_a_killed_run_goes_on_and_ends_where_another_ends(tmp_path: Path) -> None:
    stores = [Store(tmp_path / name, create=True) for name in ("killed", "whole")]
    for store in stores:
        store.commit(run(), {"problems": problems(*texts(400, 3))})
    words = [sys.executable, "-m", "factory", "dedup", f"store={stores[0].root}"]
    for delay in (0.8, 1.6, 2.2):
        child = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.wait()
    dedup(stores[0])
    dedup(stores[1])
    assert assigned(stores[0]) == assigned(stores[1])
    doubled = "select count(*) - count(distinct subject_id) from raw.fingerprints"
    assert rows(stores[0], doubled) == [(0,)]


def test_two_at_once_come_to_the_same_as_one(tmp_path: Path) -> None:
    stores = [Store(tmp_path / name, create=True) for name in ("two", "one")]
    for store in stores:
        store.commit(run(), {"problems": problems(*texts(100, 4))})
    words = [sys.executable, "-m", "factory", "dedup", f"store={stores[0].root}"]
    children = [subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [child.wait() for child in children] == [0, 0]
    dedup(stores[1])
    assert assigned(stores[0]) == assigned(stores[1])
    count = "select count(*), count(distinct {}) from raw.{}"
    pairs = count.format("(one_key, other_key)", "comparisons")
    assert rows(stores[0], pairs) == rows(stores[1], pairs) == [(40, 40)]
    for table in ("fingerprints", "duplicates"):
        assert rows(stores[0], count.format("subject_id", table)) == [(100, 100)]


def test_rollouts_of_one_chain_are_one_and_a_changed_number_is_another(store: Store) -> None:
    chain = (
        "First we add the apples that Tom has to those he buys, so 3 + 14 = 17 apples in all. "
        "Then nothing else happens to them, and the answer is {}."
    )
    solutions = [
        chain.format(17),
        "**" + chain.format("$17$") + "**",
        chain.format(17).replace("Then nothing else", "After that nothing more"),
        chain.format(18),
        "Counting up: 17.",
    ]
    store.commit(
        run(),
        {
            "problems": problems(FIRST, REWORDED, CHANGED),
            "rollouts": from_rows(
                "rollouts",
                [
                    *(rollout(FIRST, i, text) for i, text in enumerate(solutions)),
                    rollout(REWORDED, 0, solutions[0]),
                    rollout(CHANGED, 0, solutions[0]),
                ],
            ),
        },
    )
    dedup(store)
    found = rows(
        store, "select subject_id, kind from duplicates where subject = 'rollout' order by 1"
    )
    same = {f"{FIRST}-0", f"{FIRST}-1", f"{FIRST}-2", f"{REWORDED}-0"}
    assert {name for name, _ in found} == same
    assert rows(store, "select count(distinct rollout_cluster_id) from corpus") == [(4,)]


def test_rollouts_follow_their_problems_into_a_cluster_that_forms_later(store: Store) -> None:
    for text in (FIRST, REWORDED):
        answer = from_rows("rollouts", [rollout(text, 0, "3 + 14 = 17")])
        store.commit(run(), {"problems": problems(text), "rollouts": answer})
        dedup(store)
    assert rows(store, "select count(distinct rollout_cluster_id), count(*) from corpus") == [
        (1, 2)
    ]


def test_templates_are_told_and_nothing_is_set_aside_for_them(store: Store) -> None:
    store.commit(run(), {"problems": problems(*(f"Compute ${n}^2 + {n}$." for n in range(5, 12)))})
    dedup(store)
    told = run_factory("dedup", f"store={store.root}").stdout
    assert "7 problems differ from another one in numerals only" in told
    assert assigned(store) == []


def test_a_split_never_straddles_a_cluster(store: Store) -> None:
    store.commit(
        run(),
        {
            "problems": problems(FIRST, REWORDED),
            "problem_sources": sources(("0", FIRST, "17", "train"), ("1", REWORDED, "17", "test")),
            "rollouts": from_rows(
                "rollouts", [rollout(FIRST, 0, "17"), rollout(REWORDED, 0, "17")]
            ),
        },
    )
    dedup(store)
    assert rows(store, "select distinct split from corpus") == [("test",)]


HARM = [
    "x", "7", "7 7 7 7", "$$", r"\frac{1}{2}", "12345678901234567890", "?", "🙂", "а б в г",
    "数学の問題 12", "مسألة 12", "{" * 300, "a" * 200_000, "1+" * 20_000,
]  # fmt: skip


def test_texts_that_mean_harm_are_read_and_stay_what_they_are(store: Store) -> None:
    store.commit(run(), {"problems": problems(*HARM, "caf\u00e9 5", "cafe\u0301 5")})
    dedup(store)
    assert assigned(store) == []
    found = rows(store, "select count(*), count(distinct canonical_key) from fingerprints")
    assert found == [(len(HARM) + 1,) * 2]  # the two are one problem already, by their id


def test_a_crowd_of_near_copies_takes_bounded_time_and_numbers_stay_apart(store: Store) -> None:
    names = [f"{a}{b}ton" for a in "BCDFGHJKLMNPRSTVW" for b in ("a", "e", "i", "o", "u", "ar")]
    alike = [f"Mr {n} and Mr {m} have 5 cows. How many?" for n in names[:20] for m in names[:20]]
    numbered = [f"A herd has {n} cows. How many cows has it?" for n in range(300)]
    store.commit(run(), {"problems": problems(*alike, *numbered)})
    dedup(store)
    herd = [problem_id(text) for text in numbered]
    found = {row[1] for row in assigned(store)}
    assert not found & set(herd)
    assert rows(store, "select count(*) from comparisons")[0][0] < 130 * 400


def test_a_million_identical_rollouts_would_be_one_text(store: Store) -> None:
    same = from_rows("rollouts", [rollout("q", i, "So 4") for i in range(20_000)])
    store.commit(run(), {"problems": problems("q"), "rollouts": same})
    dedup(store)
    assert rows(store, "select count(*), count(distinct cluster_id) from duplicates") == [
        (20_000, 1)
    ]


def test_an_edge_that_would_join_what_differs_is_left_out() -> None:
    edges = [Edge("a", "b", 0.9, ""), Edge("b", "c", 0.8, ""), Edge("c", "d", 0.7, "")]
    found = {member.key: member.cluster for member in joined(edges, [("a", "c")])}
    assert found == {"a": "a", "b": "a", "c": "c", "d": "c"}
    assert joined(list(reversed(edges)), [("c", "a")]) == joined(edges, [("a", "c")])
    assert {m.cluster for m in joined(edges, [])} == {"a"}


def test_the_closest_pair_speaks_first() -> None:
    close = [Edge("a", "b", 0.9, ""), Edge("b", "c", 0.8, "")]
    for score, together in ((0.7, True), (0.85, False), (0.95, False)):
        edges = [*close, Edge("a", "c", score, "", same=False)]
        found = {member.key: member.cluster for member in joined(edges)}
        assert (found.get("c") == "a") is together
        assert joined(edges[::-1]) == joined(edges)


def test_similar_shows_the_nearest_and_why_it_is_not_the_same(store: Store) -> None:
    none = run_factory("similar", FIRST, f"store={store.root}")
    assert (none.returncode, none.stderr.count("\n")) == (2, 1)
    assert "`just dedup` reads them" in none.stderr
    store.commit(run(), {"problems": problems(FIRST, CHANGED, "Compute $2^5$.")})
    dedup(store)
    done = run_factory("similar", REWORDED, f"store={store.root}", "limit=2")
    assert done.returncode == 0, done.stderr
    assert "the same: the same mathematics in other words" in done.stdout
    assert "another numeral" in done.stdout
    assert "Compute" not in done.stdout
    assert "the same text" in run_factory("similar", SPELLED, f"store={store.root}").stdout


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_similar_names_what_limit_may_be(store: Store, limit: str) -> None:
    done = run_factory("similar", "x", f"limit={limit}", f"store={store.root}")
    assert done.returncode == 2
    assert "give a number from 1 on" in done.stderr


def test_a_mixture_takes_no_more_of_a_family_than_it_is_told(store: Store) -> None:
    family = [f"Compute ${n}^2 + {n}$." for n in range(5, 12)]
    stated = [(str(i), text, "4", "train") for i, text in enumerate([*family, FIRST])]
    chains = [rollout(text, i, f"By way {i}: \\boxed{{4}}") for text in family for i in range(2)]
    store.commit(
        run(),
        {
            "problems": problems(*family, FIRST),
            "problem_sources": sources(*stated),
            "rollouts": from_rows("rollouts", [*chains, rollout(FIRST, 0, "\\boxed{4}")]),
        },
    )
    words = ("mix", "where=true", f"store={store.root}", "per_template=2")
    early = run_factory(*words)
    assert early.returncode == 2
    assert "8 problems are not known yet; `just dedup` finds them" in early.stderr
    assert "note: 23 texts are not compared yet" in early.stderr
    dedup(store)
    assert run_factory(*words).returncode == 0
    found = rows(store, "select count(distinct problem_id), count(*) from mixture_rows")
    assert found == [(3, 5)]
    assert run_factory(*words).stdout == run_factory(*words).stdout
    assert run_factory("mix", "where=true", f"store={store.root}").returncode == 0
    assert rows(store, "select rows from mixtures order by version") == [(5,), (15,)]
