"""Real parts for every test: stores in tmp_path, the command line as a user runs it, real data."""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path

import faults
import pytest

from factory import flow
from factory.__main__ import main
from factory.backends import _chat
from factory.store import Store

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"
os.environ["HF_HUB_OFFLINE"] = "1"  # no test asks the hub; read when its library is loaded


def run_factory(
    *words: object, process: bool = False, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`python -m factory WORDS` as a user runs it; in a process of its own where that matters.

    Elsewhere in this process: one of its own takes seconds to load what a command needs.
    """
    given, more = [str(word) for word in words], {"COLUMNS": "120", **(env or {})}
    if not process:
        return _run_here(given, cwd, more)
    return subprocess.run(
        [sys.executable, "-m", "factory", *given],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **more},
        capture_output=True,
        text=True,
        timeout=120,
    )


def _run_here(words: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The streams, folder, environment and signals of a process last as long as its command."""
    out, err = (TextIOWrapper(BytesIO(), "utf-8", how) for how in ("strict", "backslashreplace"))
    terminated = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(cwd)
        for name, value in env.items():
            patch.setenv(name, value)
        try:
            code = main(words)
        except Exception:  # noqa: BLE001 - whatever it was, a process ends so
            traceback.print_exc()
            code = 1
        finally:
            signal.signal(signal.SIGTERM, terminated)
    told = (_bytes(stream).decode("utf-8", "surrogateescape") for stream in (out, err))
    return subprocess.CompletedProcess(words, code, *told)


def _bytes(stream: TextIOWrapper) -> bytes:
    stream.seek(0)
    return bytes(stream.buffer.read())


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store made by a bare `just generate`; tests only read it."""
    path = tmp_path_factory.mktemp("demo") / "data"
    done = run_factory("generate", f"store={path}")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="session")
def faulty() -> Iterator[str]:
    """The address of the fault-injecting server that all tests of this process share."""
    with faults.running() as address:
        yield address


@pytest.fixture
def server(faulty: str) -> str:
    """Its address; it has seen nothing."""
    faults.forget(faulty)
    return faulty


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is given up, and asked again, soon."""
    monkeypatch.setattr(_chat, "WAIT_S", 0.3)
    monkeypatch.setattr(flow, "FIRST_WAIT_S", 0.01)


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
