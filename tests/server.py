"""A small OpenAI-compatible server in a process of its own: `python server.py` prints its port.

The model's name chooses the behaviour; `GET /requests` gives the bodies received, headers included.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REQUESTS: list[dict[str, Any]] = []
GUARD = threading.Lock()

MESSAGES: dict[str, dict[str, Any]] = {
    "plain": {"content": "So it is \\boxed{4}."},
    "reasoning": {"content": "\\boxed{4}", "reasoning": "two and two"},
    "reasoning_content": {"content": "\\boxed{4}", "reasoning_content": "two and two"},
    "think": {"content": "<think>two and two</think>\\boxed{4}"},
    "think-prefilled": {"content": "two and two</think>\n\n\\boxed{4}"},
    "think-cut": {"content": "<think>two and"},
    "empty": {"content": None},
    "surrogate": {"content": "\\boxed{4} \ud800"},
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.reply(200, REQUESTS)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with GUARD:
            first = all(r["body"] != body for r in REQUESTS)
            REQUESTS.append({"body": body, "headers": dict(self.headers)})
        model = body["model"]
        if model in ("401", "404", "400"):
            self.reply(int(model), {"error": {"message": f"no such thing: {model}"}})
        elif model == "busy-first" and first:
            self.reply(429, {"error": {"message": "slow down"}}, {"retry-after": "0.1"})
        elif model == "not-json":
            self.reply(200, "<html>oops</html>")
        elif model == "no-choices":
            self.reply(200, {"id": "x", "object": "chat.completion", "choices": []})
        else:
            self.reply(200, self.completion(model))

    def completion(self, model: str) -> dict[str, Any]:
        message = MESSAGES.get(model, MESSAGES["plain"])
        cut = model == "think-cut"
        return {
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": f"{model}-served",
            "system_fingerprint": "fp",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "length" if cut else "stop",
                    "message": {"role": "assistant", **message},
                }
            ],
            "usage": {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30},
        }

    def reply(self, code: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(code)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
