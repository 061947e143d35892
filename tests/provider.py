"""Batches, as the fault-injecting server works on them. Words in the model's name:

    polls=N   the batch is in progress for so many polls
    expire    every second request is left undone, the batch expires
    invalid   the batch fails before any request is asked
    lost      the first submission is taken and the connection cut: nobody is told its id
    missing   the results lack the last line
    unlisted  the first list is refused with 401
    torn      the first download of results ends in the middle; page  it is a page of HTML
    vague     a submission is answered with an empty object

GET /submitted lists the batches.
"""

import json
from typing import Any

from aiohttp import web
from replies import words, written

FILES: dict[str, bytes] = {}
BATCHES: dict[str, dict[str, Any]] = {}
ONCE: set[str] = set()  # what went wrong the one time it was to


def forget_batches() -> None:
    """Forget all."""
    for held in (FILES, BATCHES, ONCE):
        held.clear()


def once(word: str) -> bool:
    """Whether a batch wants this to go wrong, for the first time."""
    wanted = any(word in batch["said"].split(",") for batch in BATCHES.values())
    if not wanted or word in ONCE:
        return False
    ONCE.add(word)
    return True


async def upload(request: web.Request) -> web.Response:
    """POST /v1/files."""
    form = await request.post()
    held = form["file"]
    assert isinstance(held, web.FileField)
    name = f"file-{len(FILES)}"
    FILES[name] = held.file.read()
    about = {"object": "file", "bytes": len(FILES[name]), "created_at": 0, "filename": "x"}
    return web.json_response({"id": name, "purpose": "batch", "status": "processed", **about})


async def create(request: web.Request) -> web.Response:
    """POST /v1/batches."""
    asked = await request.json()
    lines = [json.loads(line) for line in FILES[asked["input_file_id"]].splitlines()]
    said = words(lines[0]["body"]["model"])
    name = f"batch-{len(BATCHES)}"
    lost = "lost" in said and not BATCHES
    BATCHES[name] = {
        "id": name,
        "object": "batch",
        "created_at": 0,
        "completion_window": "24h",
        "endpoint": asked["endpoint"],
        "input_file_id": asked["input_file_id"],
        "metadata": asked["metadata"],
        "status": "in_progress",
        "polls": int(said.number("polls")),
        "requests": len(lines),
        "said": said.model,
    }
    if lost:
        assert request.transport
        request.transport.close()
    if once("vague"):
        return web.json_response({})
    return web.json_response(BATCHES[name])


async def listed(request: web.Request) -> web.Response:
    """GET /v1/batches."""
    if once("unlisted"):
        return web.json_response({"error": {"message": "wrong key"}}, status=401)
    data = list(reversed(BATCHES.values()))
    return web.json_response({"object": "list", "data": data, "has_more": False})


async def retrieve(request: web.Request) -> web.Response:
    """GET /v1/batches/ID."""
    batch = BATCHES[request.match_info["id"]]
    if batch["polls"]:
        batch["polls"] -= 1
    elif batch["status"] == "in_progress":
        work(batch)
    return web.json_response(batch)


def work(batch: dict[str, Any]) -> None:
    """Answer its requests, or say why not."""
    lines = [json.loads(line) for line in FILES[batch["input_file_id"]].splitlines()]
    said = words(lines[0]["body"]["model"])
    if "invalid" in said:
        errors = [{"code": "token_limit_exceeded", "message": "no room for so many tokens"}]
        batch |= {"status": "failed", "errors": {"object": "list", "data": errors}}
        return
    left = lines[1::2] if "expire" in said else []
    done = [line for line in lines if line not in left][: -1 if "missing" in said else None]
    batch["status"] = "expired" if left else "completed"
    counts = {"completed": len(done), "failed": len(left), "total": len(lines)}
    batch["request_counts"] = counts
    good, bad = b"", b""
    for line in reversed(done):  # in any order
        if said.status:
            response = {"status_code": int(said.status), "body": {"error": {"message": "no"}}}
        else:
            body = json.loads(b"".join(written(said, cut=False, stream=False)))
            response = {"status_code": 200, "request_id": "r", "body": body}
        result = {"id": "i", "custom_id": line["custom_id"], "response": response, "error": None}
        good += json.dumps(result).encode() + b"\n"
    for line in left:
        error = {"code": "batch_expired", "message": "not done within 24 hours"}
        result = {"id": "i", "custom_id": line["custom_id"], "response": None, "error": error}
        bad += json.dumps(result).encode() + b"\n"
    for content, field in ((good, "output_file_id"), (bad, "error_file_id")):
        if content:
            batch[field] = f"file-{len(FILES)}"
            FILES[batch[field]] = content


async def content(request: web.Request) -> web.Response:
    """GET /v1/files/ID/content."""
    held = FILES[request.match_info["id"]]
    if once("torn"):
        held = held[: len(held) // 2]
    if once("page"):
        held = b"<html>busy</html>"
    return web.Response(body=held)


async def submitted(request: web.Request) -> web.Response:
    """GET /submitted."""
    return web.json_response(list(BATCHES.values()))


ROUTES = [
    web.post("/v1/files", upload),
    web.get("/v1/files/{id}/content", content),
    web.post("/v1/batches", create),
    web.get("/v1/batches", listed),
    web.get("/v1/batches/{id}", retrieve),
    web.get("/submitted", submitted),
]
