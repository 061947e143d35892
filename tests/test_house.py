"""The walls: who may import whom, recipes that match their models, a light front door."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from conftest import ROOT

from factory import verifiers
from factory.audit import AuditRecipe
from factory.evaluate import EvalRecipe
from factory.judge import JudgeRecipe
from factory.line import MODELS
from factory.order import GenerateRecipe
from factory.recipe import HOME, load
from schemas import rows

OURS = ("schemas", "factory", "training")
STEPS = {
    f"factory.{s}" for s in ("ingest", "generate", "verify", "dedup", "decontaminate", "tag", "mix")
}
PLUGINS = ("sources", "backends", "taggers", "verifiers")
HEAVY = ("torch", "trl", "transformers", "vllm", "datasets")


def modules() -> Iterator[tuple[str, Path]]:
    for package in OURS:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def imports(path: Path, everywhere: bool = True) -> set[str]:
    """Modules a file imports; `everywhere`: also inside functions."""
    tree = ast.parse(path.read_text())
    nodes = ast.walk(tree) if everywhere else iter(tree.body)
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def ours(found: set[str]) -> set[str]:
    return {name for name in found if name.partition(".")[0] in OURS}


def test_schemas_import_nothing_of_ours_but_schemas() -> None:
    for name, path in modules():
        if name.startswith("schemas"):
            assert all(i.startswith("schemas") for i in ours(imports(path))), name


def test_the_factory_never_imports_the_trainer() -> None:
    for name, path in modules():
        if name.startswith("factory"):
            assert not [i for i in imports(path) if i.startswith("training")], name


def test_steps_never_import_one_another() -> None:
    for name, path in modules():
        if name in STEPS:
            assert not imports(path) & (STEPS - {name}), name


def test_plugins_import_only_schemas_errors_the_world_and_their_own_kind() -> None:
    for name, path in modules():
        kind = name.split(".")[1] if name.count(".") >= 2 else ""
        if kind in PLUGINS:
            allowed = ("schemas", "factory.errors", "factory.world", f"factory.{kind}")
            for found in ours(imports(path)) - {"factory"}:
                assert found.startswith(allowed), f"{name} imports {found}"


def test_the_trainer_reaches_into_the_factory_only_through_named_doors() -> None:
    doors = (
        "catalog",
        "recipe",
        "verifiers",
        "backends",
        "store",
        "engine",
        "identity",
        "mixing",
        "errors",
        "files",
        "shell",
        "tokens",
        "commands",
        "checkpoint",
    )
    for name, path in modules():
        if name.startswith("training"):
            for found in ours(imports(path)) - {"factory", "factory.__version__"}:
                if found.startswith("factory."):
                    assert found.split(".")[1] in doors, f"{name} imports {found}"


def test_heavy_libraries_are_imported_inside_functions_only() -> None:
    for name, path in modules():
        if name in ("training.progress", "training.annealed"):
            continue  # imported only by a stage that has loaded its libraries
        tops = {found.partition(".")[0] for found in imports(path, everywhere=False)}
        assert not tops & set(HEAVY), name


def test_the_verifier_and_the_tables_know_the_same_outcomes() -> None:
    assert set(get_args(verifiers.Outcome)) == set(get_args(rows.Outcome))


def test_no_file_of_ours_has_grown_past_300_lines() -> None:
    for name, path in modules():
        assert len(path.read_text().splitlines()) <= 300, name


@pytest.mark.parametrize("step", [*MODELS, "generate", "eval", "judge", "audit"])
def test_a_recipe_file_has_exactly_the_keys_of_its_model(step: str) -> None:
    others = {"generate": GenerateRecipe, "eval": EvalRecipe}
    others |= {"judge": JudgeRecipe, "audit": AuditRecipe}
    model = {**MODELS, **others}[step]
    computed = {"sampling"} if step in ("generate", "eval") else set()
    required = {n for n, field in model.model_fields.items() if field.is_required()}
    keys = set(load(HOME / "recipes" / f"{step}.yaml"))
    assert keys | computed | (required & {"source"}) == set(model.model_fields)


def test_the_front_door_opens_before_anything_is_loaded() -> None:
    code = "import sys; from factory.__main__ import main; main([]); print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.splitlines()[-1]
    for heavy in ("pydantic", "duckdb", "pyarrow", "rich", "yaml"):
        assert f"'{heavy}'" not in loaded


def test_no_compiler_is_loaded_before_texts_are_compared() -> None:
    code = "import sys; from factory import clean, families, line, mix, owed, status, summary; "
    done = subprocess.run(
        [sys.executable, "-c", code + "import training.__main__; print(sorted(sys.modules))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for heavy in ("numba", "datasketch", "scipy"):
        assert f"'{heavy}'" not in done.stdout


@pytest.mark.parametrize("package", ["trl", "datasets", "vllm", "reasoning_gym"])
def test_a_missing_extra_is_one_line_that_names_it(package: str, tmp_path: Path) -> None:
    blocker = tmp_path / "sitecustomize.py"
    blocker.write_text(f"import sys\nsys.modules['{package}'] = None\n")
    module, words = {
        "trl": ("training", ["stage=mid", f"store={tmp_path}"]),
        "vllm": ("factory", ["check", "teacher=r1-vllm"]),
        "datasets": ("factory", ["ingest", "source=hub", "path=a/b", "split=train", "question=q"]),
        "reasoning_gym": ("factory", ["ingest", "source=gym"]),
    }[package]
    words = words if package == "trl" else [*words, f"store={tmp_path / 's'}"]
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    extras = {"trl": "train", "datasets": "hub", "vllm": "vllm", "reasoning_gym": "gym"}
    extra = extras[package]
    assert done.returncode == 2, done.stderr
    assert f"it comes with the extra '{extra}'" in done.stderr
    assert done.stderr.count("\n") <= 2


def test_the_pins_of_every_environment_name_every_dependency() -> None:
    """tests/with_vllm/build resolves nothing: what its pins lack is missing there."""
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split("[<>=]", line)[0].strip().lower() for line in needed}
    for pins in ("constraints.txt", "tests/with_vllm/constraints.txt"):
        assert not names - {
            line.partition("==")[0].lower() for line in (ROOT / pins).read_text().splitlines()
        }, pins
