"""The README is true: its commands and SQL run here, in order, as a stranger would type them."""

import os
import re
import shlex
import shutil
import subprocess
from itertools import islice, pairwise
from pathlib import Path

import pytest
from conftest import ROOT, SHARED, run_factory

from factory import catalog
from factory.__main__ import HELP
from factory.commands import COMMANDS
from factory.ingest import sources
from factory.recipe import HOME
from factory.store import Store
from factory.tag import name_of, taggers

README = (ROOT / "README.md").read_text()
JUST = shutil.which("just", path=f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[str]:
    """The commands after the set-up, one a line."""
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    return [line for line in lines if line.startswith("just ")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> Path:
    """A folder with the demo store as ./data, the files the README names, and `just`."""
    desk = tmp_path_factory.mktemp("desk")
    shutil.copytree(demo, desk / "data")
    (desk / "my.jsonl").write_text('{"prompt": "What is 2 + 2?", "final": "4", "key": "a"}\n')
    trace = '{"prompt": "What is 2 + 2?", "final": "4", "output": "<think>Two twos.</think> 4"}\n'
    (desk / "traces.jsonl").write_text(trace)
    turns = '[{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]'
    (desk / "chats.jsonl").write_text(f'{{"messages": {turns}, "final": "4"}}\n')
    (desk / "exam.jsonl").write_text('{"text": "How many primes are there below 1,000,003?"}\n')
    for name in ("gsm8k_train.jsonl", "gsm8k_test.jsonl", "gsm8k_example_model_solutions.jsonl"):
        if SHARED.is_dir():
            with (SHARED / name).open() as whole:  # the sets as published: sources/test_published
                (desk / name).write_text("".join(islice(whole, 300)))
    words = f'exec {JUST} --justfile {ROOT}/justfile --working-directory {desk} "$@"\n'
    (desk / "bin").mkdir()
    (desk / "bin" / "just").write_text("#!/bin/sh\n" + words)
    (desk / "bin" / "just").chmod(0o755)
    return desk


def typed(desk: Path, command: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A line as a stranger would type it."""
    env = {**os.environ, "PATH": f"{desk / 'bin'}:{os.environ['PATH']}", **env}
    return subprocess.run(
        ["bash", "-c", command], cwd=desk, env=env, capture_output=True, text=True
    )


def test_every_command_of_the_readme_runs(desk: Path, shared: Path) -> None:
    """The first of each kind of line through a shell and `just`, which pass words on alike."""
    env = {"PYTHONPATH": str(ROOT), "DEEPSEEK_API_KEY": ""}
    ran, kinds = 0, set()
    for command in commands():
        if "teacher=" in command:  # asks a server that is not here: resolve it and stop
            command += " show=true"
        if command.startswith(("just train", "just plan")):
            continue  # tests/training runs them: the extra may not be here
        kind = "".join(sign for sign in "$\"'#" if sign in command)
        if kind in kinds and "$" not in kind:
            words = shlex.split(command.removeprefix("just "), comments=True)
            done = run_factory(*words, cwd=desk, env=env)
        else:
            done = typed(desk, command, env)
        kinds.add(kind)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert done.stdout.strip(), command
        ran += 1
    assert ran >= 10


def test_every_statement_of_the_readme_runs(demo: Path) -> None:
    statements = [s.strip() for block in blocks("sql") for s in block.split(";") if s.strip()]
    assert len(statements) >= 4
    with catalog.locked(Store(demo)) as con:
        for statement in statements:
            catalog.fetch(con, statement)


def test_the_set_up_commands_are_the_ones_ci_runs() -> None:
    ci = (ROOT / ".ci" / "run").read_text()
    for block in blocks("bash"):
        for part in block.replace("\n", " && ").split(" && "):
            if "pip" in part or ".venv/bin/just" in part:
                assert part.strip() in ci, part


def test_every_command_is_in_the_readme_the_help_and_the_justfile() -> None:
    justfile = (ROOT / "justfile").read_text()
    modules = {"train": "training", "plan": "training.plan"}
    for name in [*COMMANDS, *modules]:
        assert f"`just {name}`" in README, name
        assert re.search(rf"\b{name}\b", HELP), name
        module = modules.get(name, f"factory {name}")
        line = rf'^{name} \*args:\n    @[^"\n]*python -m {module} "\$@"$'
        assert re.search(line, justfile, re.MULTILINE), name


def test_every_recipe_of_the_justfile_has_a_comment_and_is_in_the_readme() -> None:
    lines = (ROOT / "justfile").read_text().splitlines()
    lines = [line for line in lines if line != "[no-exit-message]"]
    for before, line in pairwise(lines):
        if match := re.match(r"([a-z-]+)( \*args)?:", line):
            name = match.group(1)
            assert before.startswith("#") or name == "help", name
            assert f"`just {name}`" in README or name == "help", name


def test_every_source_and_teacher_is_named_in_the_readme() -> None:
    teachers = [path.stem for path in (HOME / "teachers").glob("*.yaml")]
    for name in [*sources(), *teachers]:
        assert f"`{name}`" in README, name


def test_every_tagger_says_what_it_measures() -> None:
    for tagger in taggers():
        assert tagger.__doc__, name_of(tagger)
        assert tagger.SUBJECT in ("problem", "rollout")
        assert f"`{name_of(tagger)}`" in README, name_of(tagger)


def test_the_generated_pages_are_what_would_be_generated_now() -> None:
    from factory.document import PAGES

    for name, page in PAGES.items():
        assert (ROOT / name).read_text() == page(), f"run `just document`: {name} is old"


def test_help_after_a_command_shows_its_keys() -> None:
    done = run_factory("verify", "--help")
    assert done.returncode == 0
    assert "just verify" in done.stdout
    assert "deadline_s: 5.0" in done.stdout
