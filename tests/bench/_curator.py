"""curator's `LLM` as its manual shows it: the openai backend, its fastest; cache on, limits lifted.

python _curator.py URL PROBLEMS COUNT CONCURRENCY FOLDER
"""
# pyright: reportMissingImports=false

import json
import os
import sys
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

LITELLM = find_spec("litellm")
assert LITELLM and LITELLM.origin
RANKS = Path(LITELLM.origin).parent / "litellm_core_utils" / "tokenizers"
os.environ["TIKTOKEN_CACHE_DIR"] = str(RANKS)  # tiktoken would download what litellm carries

from bespokelabs import curator  # noqa: E402

DIRECTIVE = "Please reason step by step, and put your final answer within \\boxed{}."  # as ours
ENOUGH = 10**9  # a minute, of requests and of tokens: never the limit


class Solver(curator.LLM):
    """Asks for a problem's solution and keeps the text."""

    def prompt(self, row: dict[str, Any]) -> str:
        """The user's turn."""
        return f"{row['question']}\n\n{DIRECTIVE}"

    def parse(self, row: dict[str, Any], response: str) -> dict[str, Any]:
        """The row kept."""
        return {"id": row["id"], "solution": response}


def main(url: str, problems: str, count: str, concurrency: str, folder: str) -> None:
    """Ask for the first `count` problems."""
    with Path(problems).open() as file:
        rows = [json.loads(line) for line in islice(file, int(count))]
    solver = Solver(
        model_name="bench",
        backend="openai",
        generation_params={"temperature": 0.6, "top_p": 0.95, "max_tokens": 16384},
        backend_params={
            "base_url": url,
            "api_key": "none",
            "max_requests_per_minute": ENOUGH,
            "max_tokens_per_minute": ENOUGH,
            "max_concurrent_requests": int(concurrency),
        },
    )
    got = solver(rows, working_dir=folder).dataset
    print(f"kept {len(got)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
