"""The tiny student, built here: a Phi-3 of random weights, as small as a test allows, and its
tokenizer. The same weights for the same seed.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationInfo, field_validator

import factory
from factory.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


PAD, EOS = "<pad>", "<eos>"
CHAT = """\
{%- for message in messages -%}
{{ message.content }}{{ eos_token if message.role == "assistant" else "\n\n" }}
{%- endfor -%}"""


class TinyPhi3(Recipe):
    """Shape of a Phi-3 with tied embeddings, as Phi-4-mini has them."""

    tokenizer: str = Field(description="name of a file in factory/tokenizers")
    layers: int = Field(gt=0)
    hidden: int = Field(gt=0, description="width of the residual stream")
    intermediate: int = Field(gt=0, description="width inside the MLP")
    heads: int = Field(gt=0)
    kv_heads: int = Field(gt=0, description="key and value heads; each serves heads / kv_heads")
    positions: int = Field(gt=0, description="longest text it can see, tokens")

    @field_validator("tokenizer")
    @classmethod
    def _is_there(cls, name: str) -> str:
        if name not in (known := _tokenizer_files()):
            raise ValueError(f"not a file in factory/tokenizers; known: {', '.join(known)}")
        return name

    @field_validator("heads")
    @classmethod
    def _divide_the_width(cls, heads: int, found: ValidationInfo) -> int:
        if (hidden := found.data.get("hidden", 0)) % (2 * heads):
            raise ValueError(f"hidden={hidden} must be a multiple of 2 * heads")
        return heads

    @field_validator("kv_heads")
    @classmethod
    def _divide_the_heads(cls, kv_heads: int, found: ValidationInfo) -> int:
        if (heads := found.data.get("heads", 0)) % kv_heads:
            raise ValueError(f"heads={heads} must be a multiple of it")
        return kv_heads


def _tokenizer_files() -> dict[str, Path]:
    folder = Path(factory.__file__).parent / "tokenizers"
    return {path.stem: path for path in sorted(folder.glob("*.json"))}


def load_tokenizer(shape: TinyPhi3) -> "PreTrainedTokenizerFast":
    """The tokenizer of the shape: `<pad>` and `<eos>`, no token at the beginning."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_file=str(_tokenizer_files()[shape.tokenizer]),
        pad_token=PAD,
        eos_token=EOS,
        chat_template=CHAT,
        model_max_length=shape.positions,
    )


def build_model(
    shape: TinyPhi3, tokenizer: "PreTrainedTokenizerFast", seed: int, attention: str
) -> "PreTrainedModel":
    """A model of random weights in fp32."""
    from transformers import AutoModelForCausalLM, Phi3Config, set_seed

    set_seed(seed)
    config = Phi3Config(
        vocab_size=len(tokenizer),
        num_hidden_layers=shape.layers,
        hidden_size=shape.hidden,
        intermediate_size=shape.intermediate,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        max_position_embeddings=shape.positions,
        original_max_position_embeddings=shape.positions,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.get_vocab()[EOS],
        pad_token_id=tokenizer.get_vocab()[PAD],
    )
    return AutoModelForCausalLM.from_config(config, attn_implementation=attention)
