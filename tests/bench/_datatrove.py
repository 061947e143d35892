"""datatrove's InferenceRunner against an endpoint, with its checkpoints, as its examples run it.

python _datatrove.py URL PROBLEMS COUNT CONCURRENCY FOLDER
"""
# pyright: reportMissingImports=false

import sys
from pathlib import Path
from typing import Any

from datatrove.data import Document
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

DIRECTIVE = "Please reason step by step, and put your final answer within \\boxed{}."  # as ours
CHUNK = 500  # documents a checkpoint, as in its examples


async def solve(document: Document, generate: Any) -> Any:
    """One rollout of one problem."""
    message = {"role": "user", "content": f"{document.text}\n\n{DIRECTIVE}"}
    return await generate({"messages": [message]})


def main(url: str, problems: str, count: str, concurrency: str, folder: str) -> None:
    """Ask for the first `count` problems."""
    where = Path(problems)
    reader = JsonlReader(
        str(where.parent), glob_pattern=where.name, text_key="question", limit=int(count)
    )
    config = InferenceConfig(
        server_type="endpoint",
        model_name_or_path="bench",
        endpoint_url=url.removesuffix("/v1"),
        max_concurrent_generations=int(concurrency),
        default_generation_params={"temperature": 0.6, "top_p": 0.95, "max_tokens": 16384},
    )
    runner = InferenceRunner(
        rollout_fn=solve,
        config=config,
        output_writer=JsonlWriter(
            f"{folder}/out", output_filename="${rank}_${chunk_index}.jsonl", compression=None
        ),
        checkpoints_local_dir=f"{folder}/checkpoints",
        records_per_chunk=CHUNK,
    )
    LocalPipelineExecutor(pipeline=[reader, runner], logging_dir=f"{folder}/logs", tasks=1).run()
    kept = sum(len(path.read_bytes().splitlines()) for path in Path(folder, "out").rglob("*.jsonl"))
    print(f"kept {kept}")


if __name__ == "__main__":
    main(*sys.argv[1:])
