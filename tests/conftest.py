"""Real parts for every test: stores in tmp_path, the command line as a user runs it, real data."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from factory.store import Store

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"

Run = Callable[..., subprocess.CompletedProcess[str]]


def run_factory(
    *words: object, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`python -m factory WORDS` as a user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "factory", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", **(env or {})},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store made by a bare `just generate`; tests only read it."""
    path = tmp_path_factory.mktemp("demo") / "data"
    done = run_factory("generate", f"store={path}")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store", create=True)


@pytest.fixture
def shared() -> Path:
    """The real data; skips where it is absent, but never in CI."""
    if not SHARED.is_dir():
        assert not os.environ.get("CI"), "CI must have the real data in ../shared/data"
        pytest.skip("the real data of ../shared/data is not here")
    return SHARED
