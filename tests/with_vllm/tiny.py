"""A model of 2 M parameters that vLLM serves and whose words are known: `python tiny.py FOLDER`.

A Llama of random weights, except that its head reads the last token's embedding and names the next
token of SCRIPT. So every reply can be asserted to the letter, and only the digit is left to chance.
No Qwen2: transformers 5 loads any tokenizer beside its config with Qwen2's own pre-tokenizer.
"""

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

TOKENIZER = Path(__file__).parents[2] / "factory" / "tokenizers" / "cot-4k.json"
PAD, EOS = "<pad>", "<eos>"
OPENING = "Assistant:"  # ends every prompt: the script begins after its last token
TRACE = "I need any digit, so let me take one."
SOLUTION = "The answer is \\boxed{0}"  # or any other digit
SCRIPT = f":<think>\n{TRACE}</think> {SOLUTION}{EOS}"
TEMPLATE = (
    "{% for m in messages %}{{ m.role }}: {{ m.content }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}" + OPENING + "{% endif %}"
)
POSITIONS = 1024
WIDTH = 192
SURE = 0.25  # logit of the next token: 0.25 * 192, where others have about 0


def build_tokenizer() -> Any:
    """The shipped tokenizer with a chat template."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_file=str(TOKENIZER),
        pad_token=PAD,
        eos_token=EOS,
        model_max_length=POSITIONS,
        chat_template=TEMPLATE,
    )


def build_model(tokenizer: Any) -> Any:
    """The Llama that recites SCRIPT."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, set_seed

    set_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=384,
        num_hidden_layers=2,
        num_attention_heads=3,  # 64 wide: a size that vLLM's CPU kernels know
        num_key_value_heads=1,
        max_position_embeddings=POSITIONS,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = LlamaForCausalLM(config)
    embeddings, head = model.model.embed_tokens.weight, model.lm_head.weight
    with torch.no_grad():
        embeddings.normal_()
        head.zero_()
        for before, after in steps(tokenizer):
            head[after] += SURE * embeddings[before]
    return model


def steps(tokenizer: Any) -> list[tuple[int, int]]:
    """(token, next token) of the script, the digit in all its ten forms."""
    ids = tokenizer(SCRIPT)["input_ids"]
    assert len(set(ids)) == len(ids), "a token said twice would have two successors"
    digit = tokenizer.convert_tokens_to_ids("0")
    digits = tokenizer.convert_tokens_to_ids([str(n) for n in range(10)])
    found = set()
    for before, after in pairwise(ids):
        befores = digits if before == digit else [before]
        afters = digits if after == digit else [after]
        found |= {(b, a) for b in befores for a in afters}
    return sorted(found)


def main(folder: str) -> None:
    """Write model and tokenizer."""
    tokenizer = build_tokenizer()
    build_model(tokenizer).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    main(sys.argv[1])
