"""Units on all cores: what is stopped is stopped."""

import os
import signal
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys, time
from factory import engine

def work(unit):
    print("working", flush=True)
    time.sleep(600)

if __name__ == "__main__":
    list(engine.spread(work, range(4)))
"""


def test_a_stopped_run_waits_for_no_unit(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    root = str(Path(__file__).parent.parent)
    with subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": root}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout and process.stdout.readline() == "working\n"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)  # not the ten minutes of a unit
    assert process.returncode == -signal.SIGINT
