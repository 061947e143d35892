"""Chat completions over both clients, streamed and whole: one server, one set of expectations."""

import asyncio
import base64
import socket
from collections.abc import Iterator
from contextlib import suppress
from email.utils import formatdate
from time import monotonic, sleep, time
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from faults import forget, get, running

from factory.backends import _chat
from factory.backends._addresses import Addresses
from factory.backends._sse import Stream
from factory.backends._wire import reply, retry_after
from factory.backends.openai import connect
from factory.errors import RecipeError
from factory.reasoning import split
from schemas.exchange import Refused, Reply, Request

KEY = "sk-0123456789-very-secret"
End = Reply | Refused


class Way(NamedTuple):
    """How a reply comes: by which client, in one piece or streamed."""

    client: str
    stream: bool


@pytest.fixture(params=["lean", "official"])
def client(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def way(request: pytest.FixtureRequest, client: str) -> Way:
    return Way(client, request.param)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running() as address:
        yield address


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> float:
    """Silence is given up after this many seconds."""
    for name, seconds in {"IDLE_S": 0.4, "WAIT_S": 0.4, "CONNECT_S": 0.2}.items():
        monkeypatch.setattr(_chat, name, seconds)
    return 0.4


def teacher(way: Way, server: str, model: str, **values: Any) -> Any:
    fields = {"base_url": f"{server}/v1", "model": model, "prefill": None}
    return SimpleNamespace(**{**fields, **way._asdict(), **values})


def request(number: int = 0, content: str = "What is 2 + 2?", **sampling: Any) -> Request:
    messages = [{"role": "user", "content": content}]
    return Request(f"r{number}", "p", number, messages, sampling)


def ask(teacher: Any, *requests: Request, key: str | None = KEY, at_once: int = 1) -> list[End]:
    """How each request ended."""

    async def run() -> list[End]:
        backend = connect(teacher, key)
        slots = asyncio.Semaphore(at_once)

        async def one(request: Request) -> End:
            async with slots:
                try:
                    return await backend.sample(request)
                except Refused as refused:
                    return refused

        try:
            return await asyncio.gather(*map(one, requests or (request(),)))
        finally:
            await backend.close()

    return asyncio.run(run())


def one(teacher: Any, *requests: Request, key: str | None = KEY) -> Any:
    (end,) = ask(teacher, *requests, key=key)
    return end


FOUR = "\\boxed{4}"
THOUGHT = "two and two"


@pytest.mark.parametrize(
    ("shape", "trace", "solution", "finish"),
    [
        ("plain", None, "So it is \\boxed{4}.", "stop"),
        ("reasoning", THOUGHT, FOUR, "stop"),
        ("reasoning_content", THOUGHT, FOUR, "stop"),
        ("reasoning_details", "two and\n\ntwo", FOUR, "stop"),
        ("both", THOUGHT, FOUR, "stop"),
        ("twice", THOUGHT, FOUR, "stop"),
        ("think", THOUGHT, FOUR, "stop"),
        ("think-prefilled", THOUGHT, FOUR, "stop"),
        ("think-cut", "two and", "", "length"),
        ("think-only", THOUGHT, "", "stop"),
        ("reasoning-only", THOUGHT, "", "stop"),
        ("parts", None, "So it is 4.", "stop"),
        ("parts-thinking", THOUGHT, FOUR, "stop"),
        ("refusal", None, "I cannot help with that.", "refusal"),
        ("filtered", None, "So it", "content_filter"),
        ("empty", None, "", "stop"),
        ("null", None, "", "stop"),
        ("surrogate", None, f"{FOUR} \ud800", "stop"),
        ("nul", None, f"{FOUR} \x00", "stop"),
        ("truncate=1", None, "So it is \\boxed{4}.", "length"),
    ],
)
def test_every_shape_of_reply_is_read_whole(
    way: Way, server: str, shape: str, trace: str | None, solution: str, finish: str
) -> None:
    got = one(teacher(way, server, shape))
    assert split(got.text, got.reasoning) == (trace, solution)
    assert got.finish_reason == finish
    assert (got.prompt_tokens, got.completion_tokens) == (10, 20)
    assert (got.served_model, got.fingerprint) == (shape, "fp")


def test_token_counts_may_be_odd_or_missing(way: Way, server: str) -> None:
    odd = one(teacher(way, server, "odd-usage"))
    assert (odd.prompt_tokens, odd.completion_tokens) == (10, 20)
    missing = one(teacher(way, server, "no-usage"))
    assert (missing.prompt_tokens, missing.completion_tokens) == (None, None)


@pytest.mark.parametrize(
    ("usage", "count"),
    [
        (None, None),
        ("many", None),
        ([1], None),
        ({}, None),
        ({"completion_tokens": None}, None),
        ({"completion_tokens": True}, None),
        ({"completion_tokens": -1}, None),
        ({"completion_tokens": float("nan")}, None),
        ({"completion_tokens": {"n": 1}}, None),
        ({"completion_tokens": "7"}, 7),
        ({"completion_tokens": 7.0}, 7),
    ],
)
def test_odd_usage_is_a_count_or_none_and_never_a_crash(usage: Any, count: int | None) -> None:
    body = {"choices": [{"message": {"content": "a"}}], "usage": usage}
    assert reply(body).completion_tokens == count


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {"choices": None},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"message": "a"}]},
        {"choices": {"message": {"content": "a"}}},
        {"error": "engine died"},
        {"choices": [{"error": {"message": "engine died"}, "message": {"content": ""}}]},
    ],
)
def test_a_body_that_holds_no_reply_is_refused(body: Any) -> None:
    with pytest.raises(Refused) as caught:
        reply(body)
    assert caught.value.kind == "bad_reply"
    assert not caught.value.permanent


def test_an_alias_shows_in_the_served_model(way: Way, server: str) -> None:
    assert one(teacher(way, server, "alias")).served_model == "another-model"


@pytest.mark.parametrize(
    ("model", "kind", "permanent", "stop", "busy"),
    [
        ("302", "status_302", True, True, False),
        ("400", "status_400", True, False, False),
        ("401", "status_401", True, True, False),
        ("402", "status_402", True, True, False),
        ("403", "status_403", True, True, False),
        ("404", "status_404", True, True, False),
        ("408", "status_408", False, False, False),
        ("409", "status_409", False, False, False),
        ("413", "status_413", True, False, False),
        ("422", "status_422", True, False, False),
        ("425", "status_425", False, False, False),
        ("429-always", "status_429", False, False, True),
        ("429,spent", "status_429", True, True, False),
        ("500-first", "status_500", False, False, False),
        ("502", "status_502", False, False, False),
        ("503", "status_503", False, False, True),
        ("529", "status_529", False, False, True),
        ("error", "status_503", False, False, True),
        ("no-json", "bad_reply", False, False, False),
        ("no-choices", "bad_reply", False, False, False),
        ("deep", "bad_reply", False, False, False),
        ("garbage", "bad_reply", False, False, False),
        ("cut", "bad_reply", False, False, False),
        ("reset", "connection", False, False, True),
    ],
)
def test_a_request_without_a_reply_is_refused_by_its_kind(
    way: Way, server: str, model: str, kind: str, permanent: bool, stop: bool, busy: bool
) -> None:
    refused = one(teacher(way, server, model), request(hash(way)))
    assert isinstance(refused, Refused)
    assert (refused.kind, refused.permanent) == (kind, permanent), refused
    assert (refused.stop, refused.busy) == (stop, busy)
    assert refused.message
    said = {"error": "engine died", "no-json": "<html>", "302": "127.0.0.1:9/elsewhere"}
    words = said.get(model, f"no such thing: {model[:3]}" if model[:3].isdigit() else "")
    assert words in refused.message


def test_nothing_is_asked_twice_by_the_backend_itself(way: Way, server: str) -> None:
    for model in ("429-always", "500-always", "cut", "reset", "no-json"):
        before = get(server, "count")["total"]
        one(teacher(way, server, model))
        assert get(server, "count")["total"] == before + 1


def test_what_failed_the_first_time_is_answered_the_second(way: Way, server: str) -> None:
    its = request(7, f"again, {way}")
    asked = [its, its, request(8, f"again, {way}"), its]
    ends = ask(teacher(way, server, "429-first"), *asked)
    assert [type(end) for end in ends] == [Refused, Reply, Refused, Reply]


def test_a_stream_without_an_end_is_no_reply_and_one_without_done_is(
    client: str, server: str
) -> None:
    way = Way(client, stream=True)
    unended = one(teacher(way, server, "no-finish"))
    assert (unended.kind, unended.permanent) == ("bad_reply", False)
    assert "without a finish_reason" in unended.message
    assert one(teacher(way, server, "no-done")).text == "So it is \\boxed{4}."


def test_a_silent_server_times_out_and_a_slow_one_does_not(
    way: Way, server: str, soon: float
) -> None:
    for model in ("hang", "stall"):
        began = monotonic()
        refused = one(teacher(way, server, model))
        assert (refused.kind, refused.permanent, refused.busy) == ("timeout", False, False)
        assert soon <= monotonic() - began < soon + 1.5
    began = monotonic()
    assert one(teacher(way, server, "drip=0.15")).text == "So it is \\boxed{4}."
    assert monotonic() - began > soon


def deaf(backlog: int) -> tuple[socket.socket, str]:
    """A server whose connections nobody accepts, and its address."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=backlog)
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_server_that_never_reads_times_out(way: Way, soon: float) -> None:
    listening, address = deaf(backlog=5)

    async def run() -> Refused:
        backend = connect(teacher(way, address, "plain"), None)
        with pytest.raises(Refused) as caught:
            await backend.sample(request(content="x" * 20_000_000))
        listening.close()
        await asyncio.sleep(0.05)  # the loop sees it, and lets go of what it could not send
        await backend.close()
        return caught.value

    assert asyncio.run(run()).kind == "timeout"


def test_a_server_that_cannot_be_reached_is_a_refused_connection(client: str, soon: float) -> None:
    way = Way(client, stream=False)
    gone = one(teacher(way, "http://127.0.0.1:9", "plain"))
    listening, address = deaf(backlog=0)
    with listening, socket.create_connection(listening.getsockname()):
        full = one(teacher(way, address, "plain"))
    unknown = one(teacher(way, "http://no.such.host.invalid", "plain"))
    for refused in (gone, full, unknown):
        assert (refused.kind, refused.permanent, refused.stop) == ("connection", False, False)
        assert not refused.busy
        assert refused.message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "1s"}, 1),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "5", "retry-after-ms": "120"}, 0.12),
        ({"retry-after-ms": "x", "retry-after": "5"}, 5),
        ({"retry-after": formatdate(100, usegmt=True), "date": formatdate(40, usegmt=True)}, 60),
        ({"retry-after": formatdate(40, usegmt=True), "date": formatdate(100, usegmt=True)}, 0),
        ({"retry-after": formatdate(40, usegmt=True), "date": "no date"}, None),
        ({"x-ratelimit-reset-requests": "9s"}, None),
        ({"x-ratelimit-reset-requests": "9s", "x-ratelimit-remaining-requests": "3"}, None),
        ({"x-ratelimit-reset-requests": "9s", "x-ratelimit-remaining-requests": "0"}, 9),
        ({"x-ratelimit-reset-tokens": "6m0s", "x-ratelimit-remaining-tokens": "0"}, 360),
        ({"x-ratelimit-reset-tokens": "120ms", "x-ratelimit-remaining-tokens": "0"}, 0.12),
        ({"x-ratelimit-reset-tokens": "1h2m3.5s", "x-ratelimit-remaining-tokens": "0"}, 3723.5),
        ({"x-ratelimit-reset-tokens": "6 min", "x-ratelimit-remaining-tokens": "0"}, None),
    ],
)
def test_the_rest_a_server_asks_for_is_read_in_every_form(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == (None if seconds is None else pytest.approx(seconds))


def test_a_date_alone_is_read_by_our_own_clock() -> None:
    asked = retry_after({"retry-after": formatdate(time() + 30, usegmt=True)})
    assert asked == pytest.approx(30, abs=2)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("retry-after=2", 2),
        ("retry-after-ms=120", 0.12),
        ("retry-date=30", 30),
        ("reset-requests=1s", 1),
        ("reset-requests=1s,reset-tokens=6m0s", 360),
    ],
)
def test_the_rest_reaches_the_refusal(way: Way, server: str, words: str, seconds: float) -> None:
    refused = one(teacher(way, server, f"429-always,{words}"))
    assert refused.retry_after_s == pytest.approx(seconds, abs=1.5 if "date" in words else 0.001)


def test_the_key_is_in_the_header_and_in_no_message(way: Way, server: str) -> None:
    refused = one(teacher(way, server, "401,echo"))
    assert get(server, "requests")[-1]["headers"]["authorization"] == f"Bearer {KEY}"
    assert "xxx***" in refused.message
    assert "sk-" not in f"{refused} {refused!r} {refused.args}"
    one(teacher(way, server, "plain"), key=None)
    assert "authorization" not in get(server, "requests")[-1]["headers"]


def test_a_login_in_the_address_is_sent_as_one_and_told_to_nobody(way: Way, server: str) -> None:
    host = server.removeprefix("http://")
    address = f"http://me:hunter2@{host}/v1?token=hunter3"
    refused = one(teacher(way, server, "401,echo", base_url=address))
    sent = get(server, "requests")[-1]["headers"]["authorization"]
    assert sent == f"Basic {base64.b64encode(b'me:hunter2').decode()}"
    assert sent.removeprefix("Basic ") not in str(refused)
    gone = one(teacher(way, server, "plain", base_url="http://me:hunter2@127.0.0.1:9/v1?a=hunter3"))
    assert "hunter" not in str(gone)


@pytest.mark.parametrize(
    "address", ["", " , ", "localhost:8000/v1", "ftp://x", "http://", "http://x:port/v1", "x"]
)
def test_what_is_no_address_is_a_users_mistake(client: str, address: str) -> None:
    with pytest.raises(RecipeError, match=r"teacher\.base_url"):
        connect(teacher(Way(client, stream=False), "", "plain", base_url=address), None)


@pytest.mark.parametrize("key", ["sk-1\n", " sk-1", "sk-\u2019", "sk-\x00"])
def test_a_key_no_header_can_carry_is_a_users_mistake(client: str, key: str) -> None:
    with pytest.raises(RecipeError, match="no header can carry") as caught:
        connect(teacher(Way(client, stream=False), "http://x", "plain"), key)
    assert key not in str(caught.value)


def test_both_clients_send_the_same(server: str) -> None:
    sent = []
    for stream in (False, True):
        for name in ("lean", "official"):
            its = teacher(Way(name, stream), server, "plain", prefill="<think>\n")
            one(its, request(3, "e\u0301\u2028", seed=40, temperature=0.6))
            got = get(server, "requests")[-1]
            sent.append((got["body"], got["headers"]["x-client-request-id"]))
    assert sent[0] == sent[1]
    assert sent[2] == sent[3]
    assert sent[0][0]["seed"] == 43
    streamed = {"stream": True, "stream_options": {"include_usage": True}}
    assert sent[2][0] == {**sent[0][0], **streamed}
    assert sent[0][1] == "r3"
    opened = {"role": "assistant", "content": "<think>\n"}
    assert sent[0][0]["messages"][1:] == [opened]
    assert sent[0][0]["continue_final_message"] and not sent[0][0]["add_generation_prompt"]


@pytest.mark.parametrize(
    ("model", "text", "thought"),
    [
        ("plain", "<think>\nSo it is \\boxed{4}.", None),
        ("think-prefilled", "<think>\ntwo and two</think>\n\n\\boxed{4}", None),
        ("think", "<think>two and two</think>\\boxed{4}", None),  # told again by the server
        ("reasoning", "\\boxed{4}", "two and two"),
    ],
)
def test_words_put_into_the_mouth_are_part_of_the_reply(
    way: Way, server: str, model: str, text: str, thought: str | None
) -> None:
    reply = one(teacher(way, server, model, prefill="<think>\n"), request())
    assert isinstance(reply, Reply)
    assert (reply.text, reply.reasoning) == (text, thought)


def test_odd_prompts_are_sent_or_refused_but_never_crash(way: Way, server: str) -> None:
    for content in ("", "a\x00b", "x" * 1_000_000):
        assert isinstance(one(teacher(way, server, "plain"), request(content=content)), Reply)
        assert get(server, "requests")[-1]["body"]["messages"][0]["content"] == content
    for odd in (request(content="\ud800"), request(temperature=float("nan"))):
        refused = one(teacher(way, server, "plain"), odd)
        assert (refused.kind, refused.permanent) == ("unsendable", True)


def test_a_reply_of_a_megabyte_is_read_whole(way: Way, server: str) -> None:
    assert len(one(teacher(way, server, "size=1000000")).text) == 1_000_000


def test_64_requests_are_in_flight_at_once_and_each_asked_once(way: Way, server: str) -> None:
    forget(server)
    asked = [request(n) for n in range(256)]
    ends = ask(teacher(way, server, "think,delay=0.3"), *asked, at_once=64)
    assert {type(end) for end in ends} == {Reply}
    counted = get(server, "count")
    assert 32 <= counted["in_flight_max"] <= 64
    assert (counted["total"], counted["distinct"], counted["most_per_request"]) == (256, 256, 1)


def test_a_connection_is_used_again(way: Way, server: str) -> None:
    forget(server)
    ask(teacher(way, server, "plain"), *map(request, range(20)))
    assert len({got["port"] for got in get(server, "requests")}) == 1


def test_the_server_with_the_fewest_in_flight_is_asked(way: Way, server: str) -> None:
    forget(server)
    with running() as other:
        both = f"{server}/v1, {other}/v1"
        its = teacher(way, server, "delay=0.1", base_url=both)
        ends = ask(its, *map(request, range(60)), at_once=12)
        shares = [get(address, "count") for address in (server, other)]
    assert {type(end) for end in ends} == {Reply}
    assert sum(share["total"] for share in shares) == 60
    assert all(share["total"] >= 20 and share["in_flight_max"] <= 8 for share in shares), shares


def test_a_server_that_fails_fast_does_not_draw_the_requests(way: Way, server: str) -> None:
    listening, address = deaf(backlog=1)
    listening.close()
    its = teacher(way, server, "delay=0.01", base_url=f"{address}/v1,{server}/v1")
    ends = ask(its, *map(request, range(60)), at_once=4)
    assert 1 <= sum(isinstance(end, Refused) for end in ends) <= 4


def test_a_busy_server_rests_as_long_as_it_asks_and_no_longer() -> None:
    addresses = Addresses("http://a/v1,http://b/v1", None)
    for seconds, hosts in ((60.0, {"b"}), (0.001, {"a", "b"})):
        with suppress(Refused), addresses.lend() as first:
            raise Refused("status_429", "", busy=True, retry_after_s=seconds)
        sleep(0.002)
        assert first is addresses.all[0]
        asked = set()
        for _ in range(4):
            with addresses.lend() as address:
                asked.add(address.base.host)
        assert asked == hosts
        first.rests_until = first.used = 0


def test_a_stream_is_read_however_its_bytes_are_cut() -> None:
    lines = (
        ": keep-alive\r\n\r\n"
        'data: {"model":"m","choices":[{"delta":{"content":"é"}}]}\r\n\r\n'
        'data:{"choices":[{"delta":{"content":"\\ud800","reasoning":null}}],"usage":null}\n\n'
        'event: x\ndata: {"choices":[{"delta":null,"finish_reason":"stop"}]}\n\n'
        'data: {"choices":[],"usage":{"completion_tokens":2}}\n\n'
        "data: [DONE]\n\ndata: junk\n\n"
    ).encode()
    for size in (1, 2, 3, 7, 64, len(lines)):
        stream = Stream()
        for start in range(0, len(lines), size):
            stream.feed(lines[start : start + size])
        got = reply(stream.body())
        assert (got.text, got.finish_reason) == ("é\ud800", "stop")
        assert (got.served_model, got.completion_tokens) == ("m", 2)
        assert stream.done


def test_a_proxy_of_the_environment_is_used(
    way: Way, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as environment:
        environment.setenv("http_proxy", server)
        environment.setenv("no_proxy", "not.proxied")
        got = one(teacher(way, "http://far.invalid", "plain"))
    assert got.text == "So it is \\boxed{4}."
    assert get(server, "requests")[-1]["headers"]["host"] == "far.invalid"


def test_a_proxy_the_lean_client_cannot_use_is_said_and_not_passed_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "near.invalid")
    way = Way("lean", stream=False)
    with pytest.raises(RecipeError, match=r"use teacher\.client=official"):
        connect(teacher(way, "http://far.invalid", "plain"), None)
    connect(teacher(way, "http://near.invalid", "plain"), None)
