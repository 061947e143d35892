"""How the shipped tokenizers were made: byte-level BPE in which digits stand alone, as arithmetic
by small models wants it. `<pad>` is 0, `<eos>` is 1.

    python -m factory.tokenizers.build cot-4k gsm8k_train.jsonl rllm_math_train.json > cot-4k.json
    python -m factory.tokenizers.build world-768 > world-768.json

`cot-4k` is of the embedded world and the texts named. `world-768` is of the four cells of the world
that the ladder climbs on; its tokens go across spaces, so that a text has few and a tiny student
sees it whole.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from factory import reasoning, world
from factory.sources import _files

SPECIAL = ["<pad>", "<eos>"]
TAGS = ["<think>", "</think>"]  # single tokens, but text: decoding must not drop them
CELLS = ("linear-1", "derivative-1", "weekdays-1", "remainder-1")


def texts(paths: list[str]) -> Iterator[str]:
    """Questions and answers of the files, then worked solutions of the embedded world."""
    for path in paths:
        for _, row in _files.any_format(Path(path)):
            yield from (value for value in row.values() if isinstance(value, str))
    for statement, written in _solved(4_000, None):
        yield "\n".join((statement, written.trace, written.solution))


def examples() -> Iterator[str]:
    """The ladder's cells, as mixtures write them."""
    for statement, written in _solved(2_400, CELLS):
        yield f"{statement}\n\n{reasoning.join(written.trace, written.solution)}"


def _solved(count: int, cells: tuple[str, ...] | None) -> Iterator[tuple[str, world.Written]]:
    for seed, problem in enumerate(world.problems(count, 1, cells)):
        if isinstance(problem, world.Dropped):
            continue
        written = world.solve(problem.statement, seed=seed, temperature=0.7, max_tokens=2048)
        if written:
            yield problem.statement, written


def build(name: str, paths: list[str]) -> Tokenizer:
    """The trained tokenizer."""
    words = name != "world-768"
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\d"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=words),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=4096 if words else 768,
        special_tokens=SPECIAL + TAGS,
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(paths) if words else examples(), trainer)
    made = json.loads(tokenizer.to_str())
    for token in made["added_tokens"]:
        token["special"] = token["content"] in SPECIAL
    return Tokenizer.from_str(json.dumps(made))


if __name__ == "__main__":
    print(build(sys.argv[1], sys.argv[2:]).to_str())
