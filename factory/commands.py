"""What each command does, from its words to its exit code; heavy imports wait for their command."""

import sys
from collections.abc import Callable

from factory import recipe as recipes
from factory.errors import RecipeError, unknown
from factory.store import Store, exists
from factory.words import flag, one, only, step_words, take


def run(command: str, words: list[str]) -> int:
    """Run a command. Raises UserError."""
    if command not in COMMANDS:
        raise unknown("command", command, COMMANDS)
    try:
        return COMMANDS[command](words)
    except _query_errors() as error:
        from factory import catalog

        if (found := catalog.unreadable(error)) is None:
            raise
        raise found from error


def _query_errors() -> tuple[type[Exception], ...]:
    """DuckDB's errors, where DuckDB was loaded at all."""
    duckdb = sys.modules.get("duckdb")
    return (duckdb.Error,) if duckdb else ()


def _show(recipe: recipes.Recipe) -> int:
    print(recipes.as_yaml(recipe), end="")
    return 0


def _generate(words: list[str]) -> int:
    from factory import line, order, plan, summary
    from factory.progress import Progress

    rest, path, show = step_words(words)
    recipe = order.resolve(rest)
    if show:
        return _show(recipe)
    recipe.teacher.key()  # a missing key is said before a store is made
    store = Store(path, create=True)
    if recipe.plan:
        line.prepare(store, recipe, Progress())
        plan.show(store, recipe, Progress())
    else:
        return summary.of_generate(store, recipe, line.run(store, recipe, Progress()))
    return 0


def _check(words: list[str]) -> int:
    from factory import order, probe

    rest, _, show = step_words(words)
    recipe = order.resolve(rest)
    return _show(recipe) if show else probe.check(recipe)


def _preview(words: list[str]) -> int:
    from factory import order, probe

    rest, path, show = step_words(words)
    recipe = order.resolve(rest)
    store = Store(path) if exists(path) else None
    return _show(recipe) if show else probe.preview(recipe, store)


def _simple(step: str, create: bool = False) -> Callable[[list[str]], int]:
    def command(words: list[str]) -> int:
        from factory import line, summary
        from factory.progress import Progress

        rest, path, show = step_words(words)
        recipe = line.recipe_of(step, rest)
        if show:
            return _show(recipe)
        store = Store(path, create=create)
        summary.of_step(line.run_step(store, step, recipe, Progress()), store)
        return 0

    return command


def _dedup(words: list[str]) -> int:
    from factory import families

    _, path, show = step_words(words)
    code = _simple("dedup")(words)
    if not show:
        families.report(Store(path))
    return code


def _similar(words: list[str]) -> int:
    from factory import similar

    text, values = one(
        words, 'just similar "TEXT" needs the text of a problem', store="data", limit="5"
    )
    if not values["limit"].isdigit() or not int(values["limit"]):
        raise RecipeError(f"limit={values['limit']!r} does not fit; give a number from 1 on")
    similar.show(Store(values["store"]), text, int(values["limit"]))
    return 0


def _decontaminate(words: list[str]) -> int:
    from factory import catalog, line, llm_judge, overlap_report, suspects
    from factory.benchmark import DecontaminateRecipe
    from factory.progress import Progress

    rest, path, show = step_words(words)
    mine = [w for w in rest if w.partition("=")[0] in DecontaminateRecipe.model_fields]
    others = [w for w in rest if w not in mine]
    asked = any(w.startswith("teacher=") for w in others)
    recipe = line.recipe_of("decontaminate", mine if asked else rest)
    judge = llm_judge.resolve(others, suspects.PROMPT) if asked else None
    if show:
        return _show(recipe) or (_show(judge) if judge else 0)
    if judge:
        judge.teacher.key()
    store, progress = Store(path), Progress()
    runs = [line.run_step(store, "decontaminate", recipe, progress)]
    names = overlap_report.names(store, recipe)
    if judge:
        runs.append(suspects.run(store, names, judge, progress))
        catalog.publish(store)
    overlap_report.show(store, names, runs)
    return 0


def _mix(words: list[str]) -> int:
    from factory import card, catalog, line, mix
    from factory.mixing import report, spec
    from factory.progress import Progress

    rest, path, show = step_words(words)
    recipe = spec.resolve(rest)
    if show:
        return _show(recipe)
    store = Store(path)
    _note_owed(store)
    recipe = line.prepare_mix(store, recipe, Progress())
    mixture, new = mix.run(store, recipe, Progress())
    catalog.publish(store)
    report.of_mixture(store, mixture, new)
    if new:
        card.when_frozen(store, mixture)
    return 0


def _diff(words: list[str]) -> int:
    from factory.mixing import report

    values = only(words, store="data", a="", b="")
    if not (values["a"] and values["b"]):
        raise RecipeError("two mixtures are needed: give a=NAME@VERSION b=NAME@VERSION")
    report.diff(Store(values["store"]), values["a"], values["b"])
    return 0


def _note_owed(store: Store) -> None:
    """A line where copies may enter a mixture because nobody has looked for them."""
    from factory import catalog, dedup

    with catalog.connect(store) as con:
        if texts := dedup.owed(con):
            words = f"{texts:,} texts are not compared yet; `just dedup` first keeps copies out"
            print(f"note: {words}", file=sys.stderr)


def _judge(words: list[str]) -> int:
    from factory import judge
    from factory.progress import Progress

    rest, values = take(words, store="data", show="false")
    where = recipes.HOME / "recipes" / "judge.yaml"
    recipe = recipes.resolve(judge.JudgeRecipe, where, rest)
    if flag("show", values["show"]):
        return _show(recipe)
    for outcome, count in sorted(judge.run(recipe, Progress()).items()):
        print(f"{count:>11,}  {outcome}")
    return 0


def _adjudicate(words: list[str]) -> int:
    from factory import adjudicate, catalog, llm_judge, summary
    from factory.progress import Progress

    rest, path, show = step_words(words)
    recipe = llm_judge.resolve(rest)
    if show:
        return _show(recipe)
    recipe.teacher.key()
    store = Store(path)
    run = adjudicate.run(store, recipe, Progress())
    catalog.publish(store)
    summary.of_step(run, store)
    told = any(outcome in run.counts for outcome in adjudicate.OUTCOMES.values())
    return 1 if any(name.startswith("pairs failed") for name in run.counts) and not told else 0


def _audit(words: list[str]) -> int:
    from factory import audit
    from factory.progress import Progress

    rest, path, show = step_words(words)
    recipe = audit.resolve(rest)
    if show:
        return _show(recipe)
    audit.run(Store(path), recipe, Progress())
    return 0


def _upkeep(name: str) -> Callable[[list[str]], int]:
    def command(words: list[str]) -> int:
        from factory import upkeep

        rest, path, show = step_words(words)
        recipe = recipes.resolve(
            upkeep.MODELS[name], recipes.HOME / "recipes" / f"{name}.yaml", rest
        )
        if show:
            return _show(recipe)
        upkeep.run(Store(path), name, recipe)
        return 0

    return command


def _sql(words: list[str]) -> int:
    from factory import ask

    query, values = one(words, 'just sql "select ..." needs the SQL', store="data", format="table")
    if values["format"] not in ask.FORMS:
        raise unknown("format", values["format"], ask.FORMS)
    ask.sql(Store(values["store"]), query, values["format"])
    return 0


def _why(words: list[str]) -> int:
    from factory import why

    subject, values = one(words, "just why ID needs the id of a problem or rollout", store="data")
    why.explain(Store(values["store"]), subject)
    return 0


def _status(words: list[str]) -> int:
    from factory import status

    values = only(words, store="data")
    return status.report(Store(values["store"]))


def _doctor(words: list[str]) -> int:
    from factory import doctor

    values = only(words, store="data", repair="false")
    return doctor.check(Store(values["store"]), flag("repair", values["repair"]))


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "generate": _generate,
    "check": _check,
    "preview": _preview,
    "ingest": _simple("ingest", create=True),
    "verify": _simple("verify"),
    "dedup": _dedup,
    "similar": _similar,
    "decontaminate": _decontaminate,
    "tag": _simple("tag"),
    "adjudicate": _adjudicate,
    "judge": _judge,
    "audit": _audit,
    "mix": _mix,
    "diff": _diff,
    "sql": _sql,
    "why": _why,
    "status": _status,
    "doctor": _doctor,
    "compact": _upkeep("compact"),
    "gc": _upkeep("gc"),
    "export": _upkeep("export"),
    "card": _upkeep("card"),
    "push": _upkeep("push"),
    "retract": _upkeep("retract"),
}
