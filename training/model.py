"""The student: a tiny Phi-3 of random weights built here, or a model from a folder or the hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import Field, ValidationInfo, field_validator

from factory import checkpoint, tokens
from factory.errors import UserError
from factory.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


PAD, EOS = "<pad>", "<eos>"
CHAT = """\
{%- for message in messages -%}
{{ message.content }}{{ eos_token if message.role == "assistant" else "\\n\\n" }}
{%- endfor -%}"""


class TinyPhi3(Recipe):
    """Shape of a Phi-3 with tied embeddings, as Phi-4-mini has them."""

    tokenizer: str = Field(description="one of factory/tokenizers by its name, or a path")
    layers: int = Field(gt=0)
    hidden: int = Field(gt=0, description="width of the residual stream")
    intermediate: int = Field(gt=0, description="width inside the MLP")
    heads: int = Field(gt=0)
    kv_heads: int = Field(gt=0, description="key and value heads; each serves heads / kv_heads")
    positions: int = Field(gt=0, description="longest text it can see, tokens")
    spread: float = Field(gt=0, description="standard deviation of the random weights")

    @field_validator("tokenizer")
    @classmethod
    def _is_there(cls, name: str) -> str:
        tokens.find(name)  # raises RecipeError
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


class Student(NamedTuple):
    """What is trained, with the tokenizer it reads by."""

    model: "PreTrainedModel"
    tokenizer: Any


def load_tokenizer(shape: TinyPhi3) -> "PreTrainedTokenizerFast":
    """The tokenizer of the shape: `<pad>` and `<eos>`, no token at the beginning, a plain chat."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_file=str(tokens.find(shape.tokenizer)),
        pad_token=PAD,
        eos_token=EOS,
        chat_template=CHAT,
        model_max_length=shape.positions,
    )


def build(shape: TinyPhi3, seed: int, attention: str) -> Student:
    """A student of random weights in fp32; the same for the same seed."""
    from transformers import AutoModelForCausalLM, Phi3Config, set_seed

    tokenizer = load_tokenizer(shape)
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
        initializer_range=shape.spread,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.get_vocab()[EOS],
        pad_token_id=tokenizer.get_vocab()[PAD],
    )
    return Student(
        AutoModelForCausalLM.from_config(config, attn_implementation=attention), tokenizer
    )


def commit(path: str) -> str | None:
    """The commit that a model of the hub, or of its cache, has now; None: it is a folder.

    Raises UserError.
    """
    from huggingface_hub import try_to_load_from_cache

    if Path(path).is_dir():
        return None
    try:
        return checkpoint.commit(path, "give a folder, or a hub id and a network")
    except UserError:
        if isinstance(cached := try_to_load_from_cache(path, "config.json"), str):
            return Path(cached).parent.name
        raise


def load(path: str, attention: str, revision: str | None = None) -> Student:
    """The student in a folder or on the hub, in fp32. Raises UserError where it cannot be had."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    at = {"revision": revision} if revision else {}
    with _had(path):
        model = AutoModelForCausalLM.from_pretrained(
            path, dtype=torch.float32, attn_implementation=attention, **at
        )
        tokenizer: Any = AutoTokenizer.from_pretrained(path, **at)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return Student(model, tokenizer)


@contextmanager
def _had(path: str) -> Iterator[None]:
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, ImportError, SafetensorError) as error:
        words = " ".join(str(error).split())[:200]
        raise UserError(
            f"cannot load the model {path!r}: {words}; give a folder, or a hub id and a network"
        ) from error


def stops(student: Student) -> set[int]:
    """The token ids at which generation ends."""
    said: Any = student.model.generation_config
    ids = said.eos_token_id if said else None
    own = {ids} if isinstance(ids, int) else set(ids or [])
    return own | {student.tokenizer.eos_token_id}
