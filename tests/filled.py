"""A store with a few rollouts in it, and the steps of the line over it, in this process."""

from typing import Any

from rows import problems, rollout, run, sources

from factory import catalog, line, mix
from factory.mixing import spec
from factory.progress import Progress
from factory.store import Store
from schemas.arrow import from_rows


def rows(store: Store, sql: str) -> list[Any]:
    """The rows of a query over what is there now."""
    with catalog.connect(store) as con:
        return con.sql(sql).fetchall()


def fill(store: Store, *rollouts: dict[str, Any], **splits: str) -> None:
    """Problems q1, q2, ... with answer 4, split train unless named."""
    names = sorted({r["rollout_id"].rpartition("-")[0] for r in rollouts} | set(splits))
    stated = [(name, name, "4", splits.get(name, "train")) for name in names]
    store.commit(
        run(),
        {
            "problems": problems(*names),
            "problem_sources": sources(*stated),
            "rollouts": from_rows("rollouts", list(rollouts)),
        },
    )


def twenty(store: Store) -> None:
    """Twenty problems with a right rollout each."""
    fill(store, *(rollout(f"q{i}", 0, "\\boxed{4}") for i in range(20)))


def steps(store: Store, *names: str) -> None:
    """Run steps as the line does."""
    for name in names:
        line.run_step(store, name, line.recipe_of(name, []), Progress())


def mixed(store: Store, *words: str) -> tuple[str, bool]:
    """`just mix WORDS`: NAME@VERSION, and whether anything was written."""
    recipe = line.prepare_mix(store, spec.resolve(list(words)), Progress())
    mixture, new = mix.run(store, recipe, Progress())
    return f"{mixture['name']}@{mixture['version']}", new
