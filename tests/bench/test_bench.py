"""The benchmark still runs, and its server answers what our client reads."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from factory.backends.openai import connect
from factory.teacher import Teacher, values
from schemas.exchange import Reply, Request
from tests.bench import _rig as rig
from tests.bench._server import KINDS, REPLIES, THOUGHT

BENCH = (sys.executable, "-m", "tests.bench")


async def asked(server: str, count: int) -> list[Reply]:
    given = {"teacher.base_url": f"{server}/v1", "teacher.model": "bench"}
    teacher, _ = values("local", given)
    backend = connect(Teacher.model_validate(teacher), None)
    message = {"role": "user", "content": "ü" * 5000}
    requests = [Request(f"r{i}", "p", i, [message], {}) for i in range(count)]
    replies = await asyncio.gather(*(backend.sample(request) for request in requests))
    await backend.close()
    return replies


def test_the_server_answers_what_our_client_reads() -> None:
    with rig.served() as server:
        replies = asyncio.run(asked(server, 30))
        assert rig.counted(server)["total"] == 30
        assert rig.counted(server, "reset") == {}
        assert rig.counted(server)["total"] == 0
    assert all(len(reply.reasoning or "") == THOUGHT for reply in replies)
    assert {reply.finish_reason for reply in replies} == {"stop"}
    assert len(REPLIES) == KINDS == len(set(REPLIES))


def test_requests_in_pieces_and_several_at_once_are_each_answered() -> None:
    one = b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 4\r\n\r\n{  }"

    async def talk(port: str) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        for piece in (one[:20], one[20:-1], one[-1:] + one, one + one[:5]):
            writer.write(piece)
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        got = await reader.read(2**20)
        writer.close()
        return got.count(b"HTTP/1.1 200 OK")

    with rig.served() as server:
        assert asyncio.run(talk(server.rpartition(":")[2])) == 3


def test_our_part_of_the_benchmark_runs() -> None:
    words = ("parts=clients,journal", "peers=none", "requests=200", "runs=1")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.bench",
            "generate",
            *words,
            "concurrency=64",
            "format=markdown",
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("| ours |") == 1, done.stdout
    assert "### The journal's cost" in done.stdout


def test_our_part_of_dedup_runs(shared: Path) -> None:
    words = ("parts=mutations,natural", "peers=none", "problems=2", "natural=100")
    done = subprocess.run(
        [*BENCH, "dedup", *words, "format=markdown"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "| number, operator, variable, sign: merged, % | <= 0.1 |" in done.stdout, done.stdout
    assert "### 100 natural problems" in done.stdout


def test_the_line_grows(tmp_path: Path) -> None:
    words = ("sizes=40,80", f"home={tmp_path}", "steps=verify", "format=markdown")
    done = subprocess.run([*BENCH, "scale", *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "| verify |" in done.stdout, done.stdout
    points = json.loads((tmp_path / "points.json").read_text())
    assert [point["tables"]["rollouts"][0] for point in points] == [40, 80]


def test_an_unknown_benchmark_names_those_there_are() -> None:
    done = subprocess.run([*BENCH, "x"], capture_output=True, text=True)
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("known: ", "dedup", "generate", "verify"))
