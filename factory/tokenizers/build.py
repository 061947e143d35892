"""How `cot-4k.json` was made: a byte-level BPE over the embedded world and the texts named.

    python -m factory.tokenizers.build gsm8k_train.jsonl rllm_math_train.json > cot-4k.json

Digits stand alone, as arithmetic by small models wants it. `<pad>` is 0, `<eos>` is 1.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from factory import world
from factory.sources import _files

SIZE = 4096
SPECIAL = ["<pad>", "<eos>"]
TAGS = ["<think>", "</think>"]  # single tokens, but text: decoding must not drop them


def texts(paths: list[str]) -> Iterator[str]:
    """Questions and answers of the files, then worked solutions of the embedded world."""
    for path in paths:
        for _, row in _files.any_format(Path(path)):
            yield from (value for value in row.values() if isinstance(value, str))
    for seed, problem in enumerate(world.problems(4_000, seed=1)):
        if isinstance(problem, world.Dropped):
            continue
        written = world.solve(problem.statement, seed=seed, temperature=0.7, max_tokens=2048)
        if written:
            yield "\n".join((problem.statement, written.trace, written.solution))


def build(paths: list[str]) -> Tokenizer:
    """The trained tokenizer."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\d"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=SPECIAL + TAGS,
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(paths), trainer)
    made = json.loads(tokenizer.to_str())
    for token in made["added_tokens"]:
        token["special"] = token["content"] in SPECIAL
    return Tokenizer.from_str(json.dumps(made))


if __name__ == "__main__":
    print(build(sys.argv[1:]).to_str())
