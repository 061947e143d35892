"""What every vLLM test shares: the engine's options, its environment, and processes that end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
READY_S = 300  # three imports of vLLM; 40 s on two free cores
ENGINE: dict[str, Any] = {
    "dtype": "float32",
    "max_model_len": 1024,
    "enforce_eager": True,
    "gpu_memory_utilization": 0.3,  # of the machine's memory, on a CPU
    # "uni" by its full name, which vLLM does not replace with "mp": one process and 25 s less
    "distributed_executor_backend": "vllm.v1.executor.uniproc_executor.UniProcExecutor",
}
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},  # see build
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",
    "PYTHONPATH": str(ROOT),
    "COLUMNS": "120",
}


def flags() -> list[str]:
    """ENGINE as vLLM's command line wants it."""
    words: list[str] = []
    for name, value in ENGINE.items():
        words += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
    return words


def python(*words: object, timeout: float = READY_S) -> subprocess.CompletedProcess[str]:
    """This Python with `words`, to its end."""
    return subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


@contextmanager
def served(model: Path, log: Path, *words: str) -> Iterator[str]:
    """vLLM's own server over `model`, called `tiny`; the address. Ended with all it started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ("-m", "vllm.entrypoints.openai.api_server", "--model", str(model), *words)
    where = ("--served-model-name", "tiny", "--host", "127.0.0.1", "--port", str(port))
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, *words, *where, *flags()],
            cwd=log.parent,
            env=ENVIRONMENT,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/health", process, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        _end(process)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended:\n{log.read_text()[-4000:]}"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"not ready in {READY_S} s:\n{log.read_text()[-4000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)  # its own group: what it left behind
    except ProcessLookupError:
        return
