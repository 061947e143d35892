"""The commands that run steps of the line, and what a teacher is asked before and after."""

from collections.abc import Callable

from factory.recipe import of_step
from factory.store import Run, Store, exists
from factory.words import flag, show_recipe, step_words, take


def generate(words: list[str]) -> int:
    """Ask a teacher, then the line."""
    from factory import checkpoint, line, order, plan, summary
    from factory.progress import Progress

    rest, path, show = step_words(words)
    recipe = order.resolve(checkpoint.named(rest, path))
    if show:
        return show_recipe(recipe)
    recipe.teacher.key()  # a missing key is said before a store is made
    store = Store(path, create=True)
    if recipe.plan:
        line.prepare(store, recipe, Progress())
        plan.show(store, recipe, Progress())
    else:
        return summary.of_generate(store, recipe, line.run(store, recipe, Progress()))
    return 0


def check(words: list[str]) -> int:
    """One tiny request."""
    from factory import checkpoint, order, probe

    rest, path, show = step_words(words)
    recipe = order.resolve(checkpoint.named(rest, path))
    return show_recipe(recipe) if show else probe.check(recipe)


def preview(words: list[str]) -> int:
    """Prompts and replies; nothing is stored."""
    from factory import checkpoint, order, probe

    rest, path, show = step_words(words)
    recipe = order.resolve(checkpoint.named(rest, path))
    store = Store(path) if exists(path) else None
    return show_recipe(recipe) if show else probe.preview(recipe, store)


def simple(step: str, create: bool = False) -> Callable[[list[str]], int]:
    """A step alone, with no more to say than its counts."""

    def command(words: list[str]) -> int:
        from factory import line, summary
        from factory.progress import Progress

        rest, path, show = step_words(words)
        recipe = line.recipe_of(step, rest)
        if show:
            return show_recipe(recipe)
        store = Store(path, create=create)
        summary.of_step(line.run_step(store, step, recipe, Progress()), store)
        return 0

    return command


def dedup(words: list[str]) -> int:
    """The step, and its report."""
    from factory import families

    _, path, show = step_words(words)
    code = simple("dedup")(words)
    if not show:
        families.report(Store(path))
    return code


def decontaminate(words: list[str]) -> int:
    """The step, its report, and a teacher on what it suspects."""
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
        return show_recipe(recipe) or (show_recipe(judge) if judge else 0)
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


def tag(words: list[str]) -> int:
    """The taggers; or, with `teacher=`, a teacher on level and domain."""
    if not any(word.startswith("teacher=") for word in words):
        return simple("tag")(words)
    from factory import grade

    run = _asked(words, grade.PROMPT, grade.run)
    return 1 if run and run.counts and "problems graded" not in run.counts else 0


def adjudicate(words: list[str]) -> int:
    """A teacher on what the rules leave open."""
    from factory import adjudicate, llm_judge

    if not (run := _asked(words, llm_judge.PROMPT, adjudicate.run)):
        return 0
    told = any(outcome in run.counts for outcome in adjudicate.OUTCOMES.values())
    return 1 if any(name.startswith("pairs failed") for name in run.counts) and not told else 0


def _asked(words: list[str], prompt: str, work: Callable[..., Run]) -> Run | None:
    """A run that asks a teacher; None where its recipe was only to be shown."""
    from factory import catalog, llm_judge, summary
    from factory.progress import Progress

    rest, path, show = step_words(words)
    recipe = llm_judge.resolve(rest, prompt)
    if show:
        show_recipe(recipe)
        return None
    recipe.teacher.key()
    store = Store(path)
    run = work(store, recipe, Progress())
    catalog.publish(store)
    summary.of_step(run, store)
    return run


def judge(words: list[str]) -> int:
    """Verdicts for a file, without a store."""
    from factory import judge
    from factory.progress import Progress

    rest, values = take(words, store="data", show="false")
    recipe = of_step(judge.JudgeRecipe, "judge", rest)
    if flag("show", values["show"]):
        return show_recipe(recipe)
    for outcome, count in sorted(judge.run(recipe, Progress()).items()):
        print(f"{count:>11,}  {outcome}")
    return 0


def audit(words: list[str]) -> int:
    """Verdicts to label, and what the labels say."""
    from factory import audit
    from factory.progress import Progress

    rest, path, show = step_words(words)
    recipe = audit.resolve(rest)
    if show:
        return show_recipe(recipe)
    audit.run(Store(path), recipe, Progress())
    return 0
