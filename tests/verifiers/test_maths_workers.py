"""The worker processes: killed on time, reused, restarted, shared by threads, gone at the end."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from factory.verifiers import Claim
from factory.verifiers.maths import verify, verify_many
from factory.verifiers.maths.workers import Worker, WorkerFailure, Workers, WorkerTimeout

TOWER = "9^{9^{9^{9}}}"


def test_a_hung_worker_is_killed_at_its_deadline():
    worker = Worker()
    worker.ask("x+y", "y+x", 5)
    started = time.monotonic()
    with pytest.raises(WorkerTimeout):
        worker.ask("5", TOWER, 0.5)
    worker.close()
    assert 0.5 <= time.monotonic() - started < 0.7
    assert worker._process.returncode == -signal.SIGKILL


def test_starting_is_not_counted_against_the_deadline():
    workers = Workers()
    assert workers.ask("x+y", "y+x", 1.0)["relation"] == "same"
    workers.close()


def test_one_worker_answers_many_questions_and_a_dead_one_is_replaced():
    workers = Workers()
    for _ in range(3):
        assert workers.ask("x+y", "y+x", 5)["relation"] == "same"
    first = workers._idle[-1]
    assert first.asked == 3
    os.kill(first._process.pid, signal.SIGKILL)
    with pytest.raises(WorkerFailure):
        workers.ask("x+y", "y+x", 5)
    assert workers.ask("x+y", "y+x", 5)["relation"] == "same"
    workers.close()


def test_a_worker_out_of_memory_is_an_error_and_not_a_verdict_on_the_answer():
    verdict = verify("\\boxed{\\begin{pmatrix}1\\\\2\\end{pmatrix}^{10^{9}}}", "5", deadline_s=1.0)
    assert verdict.outcome not in ("correct", "incorrect")


def test_eight_threads_get_the_same_verdicts_as_one():
    huge = "{}\\cdot 700!"  # beyond the caps of every other tier
    rows = [(f"\\boxed{{{huge.format(n)}}}", huge.format(n + n % 2) + "+0") for n in range(2, 34)]
    expected = ["incorrect" if n % 2 else "correct" for n in range(2, 34)]
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(lambda row: verify(*row), rows))
    assert [verdict.outcome for verdict in verdicts] == expected
    assert {verdict.tier for verdict in verdicts} == {"symbolic"}


def test_many_come_back_in_order_whatever_the_number_of_workers():
    rows = [Claim(f"\\boxed{{x+{n % 7}}}", "3 + x" if n % 2 else "3") for n in range(700)]
    one = [(v.outcome, v.extracted) for v in verify_many(rows, workers=1)]
    assert one == [(v.outcome, v.extracted) for v in verify_many(rows, workers=2)]
    assert [extracted for _, extracted in one] == [f"x+{n % 7}" for n in range(700)]
    assert one[3] == ("correct", "x+3")


def test_workers_end_with_their_parent_and_do_not_run_its_script(tmp_path):
    script = tmp_path / "user.py"
    script.write_text(
        "print('user')\n"
        "from factory.verifiers.maths import verify, workers\n"
        "assert verify('\\\\boxed{y+x}', 'x+y').outcome == 'correct'\n"
        "print(*[w._process.pid for w in workers.shared()._idle])\n"
    )
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(script)]
    done = subprocess.run(
        command, env=os.environ | paths, capture_output=True, text=True, check=True
    )
    user, pids = done.stdout.splitlines()
    assert user == "user"
    assert done.stderr == ""
    for pid in pids.split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
