"""What a training takes in memory and work, by formulas that name their source; bytes, FLOPs."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from tokenizers import Tokenizer

from factory import tokens
from factory.errors import UserError, unknown
from training.model import TinyPhi3

# TRL 1.16 makes no table of logits: tiles of so many tokens by so many of the vocabulary. Without
# Triton, so on a CPU, softmax and gradient make further tables (measured: 9, 13 by `just train`).
TILE, COPIES = (4096, 32768), 13
LOWER = "lower micro_batch or window, set activation_checkpointing=true, or take more GPUs (FSDP2)"
VLLM_SHARE = 0.3  # of a GPU's memory, TRL's default of vllm_gpu_memory_utilization


class Shape(NamedTuple):
    """A dense decoder with a gated MLP, as Phi, Llama and Qwen are."""

    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    vocabulary: int
    tied: bool

    @property
    def kv(self) -> int:
        """Width of the keys; of the values too."""
        return self.hidden // self.heads * self.kv_heads

    @property
    def layer(self) -> int:
        """Parameters of one layer, its two norms too."""
        attention = self.hidden * (2 * self.hidden + 2 * self.kv)
        return attention + 3 * self.hidden * self.intermediate + 2 * self.hidden

    @property
    def multiplied(self) -> int:
        """Parameters that a token is multiplied by: all but an embedding that is only looked up."""
        return self.vocabulary * self.hidden + self.layers * self.layer + self.hidden

    @property
    def parameters(self) -> int:
        """All of them."""
        return self.multiplied + (0 if self.tied else self.vocabulary * self.hidden)


# config.json of the hub, for a machine that does not have it.
KNOWN = {"microsoft/Phi-4-mini-instruct": Shape(32, 3072, 8192, 24, 8, 200_064, tied=True)}


def shape_of(model: TinyPhi3 | str) -> Shape:
    """The shape of a recipe's student, of a model's folder, or of a hub id in KNOWN.

    Raises RecipeError or UserError.
    """
    if not isinstance(model, str):
        vocabulary = Tokenizer.from_file(str(tokens.find(model.tokenizer))).get_vocab_size()
        width = (model.layers, model.hidden, model.intermediate, model.heads, model.kv_heads)
        return Shape(*width, vocabulary, tied=True)
    if model in KNOWN:
        return KNOWN[model]
    try:
        found = json.loads((Path(model) / "config.json").read_text())
    except (OSError, ValueError) as error:
        raise unknown(
            "model", model, KNOWN, "; or give parent=FOLDER, with its config.json"
        ) from error
    return of_config(found)


def of_config(config: dict[str, Any]) -> Shape:
    """The shape a Transformers configuration tells of. Raises UserError."""
    try:
        return Shape(
            config["num_hidden_layers"],
            config["hidden_size"],
            config["intermediate_size"],
            config["num_attention_heads"],
            config.get("num_key_value_heads") or config["num_attention_heads"],
            config["vocab_size"],
            bool(config.get("tie_word_embeddings", False)),
        )
    except KeyError as error:
        raise UserError(
            f"config.json of the model has no {error}; its cost is not known"
        ) from error


def flops(shape: Shape, length: float) -> float:
    """FLOPs of one token's forward and backward pass in texts of `length` tokens.

    6 for a parameter and 12 * layers * hidden * length for attention, each token counted as seeing
    the whole text: PaLM (arXiv 2204.02311, appendix B), as utilisations are published.
    """
    return 6 * shape.multiplied + 12 * shape.layers * shape.hidden * length


def cache(shape: Shape, width: int) -> int:
    """Bytes of keys and values of one token, `width` bytes a number."""
    return 2 * shape.layers * shape.kv * width


def activations(shape: Shape, width: int) -> int:
    """Bytes that one layer keeps of one token until its backward pass.

    Korthikanti et al. (arXiv 2205.05198) count 34 * hidden for GPT in 16 bits, without the scores
    that flash attention and sdpa do not keep. Of Transformers' Phi-3 autograd keeps 10 tensors of
    the hidden width, 3 of the keys' and 4 of the MLP's (counted by saved_tensors_hooks); in 16 bits
    the norms keep two of the hidden width in 32.
    """
    each = 10 * shape.hidden + 3 * shape.kv + 4 * shape.intermediate
    return width * each + (8 * shape.hidden if width == 2 else 0)


class Machine(NamedTuple):
    """What it runs on: `memory` of one device, bytes, and the bytes of a number in its passes."""

    processes: int
    shards: int
    memory: float
    width: int


def memory(stage: str, shape: Shape, recipe: Any, on: Machine, longest: int) -> dict[str, float]:
    """Bytes of one process at the peak, by what they are for; no text is over `longest` tokens.

    Weights, gradients and Adam's two moments are 16 bytes a parameter (Rajbhandari et al., arXiv
    1910.02054, with the weights themselves in 32 bits), split over the shards.
    """
    references = 1 if stage == "dpo" or getattr(recipe, "kl", 0) else 0
    found = {"state": (16 + 4 * references) * shape.parameters / on.shards}
    if on.shards > 1:  # the head and two layers are whole while they work, with their gradients
        found["gathered"] = 4.0 * (shape.vocabulary * shape.hidden + 2 * shape.layer)
    texts = recipe.micro_batch * (2 if stage == "dpo" else 1)
    seen, kept = longest * texts, shape.layers * activations(shape, on.width)
    if recipe.activation_checkpointing:
        # Of each layer its input, which autocast leaves in 32 bits, and one layer whole.
        kept = 4 * shape.hidden * shape.layers + activations(shape, on.width)
    found["activations"] = 1.0 * seen * kept
    pairs = seen**2 if stage == "mid" else seen * longest  # packed slots are one long row
    found["attention"] = _scores(shape, recipe.attention, pairs)
    tile = min(seen, TILE[0]) * min(shape.vocabulary, TILE[1]) * on.width
    head = 4 * shape.hidden * (shape.vocabulary + 2 * seen)  # gradients, in 32 bits
    found["logits"] = head + tile * (1 if on.width == 2 else COPIES)
    if stage == "rl":
        found["sampling"] = _sampling(shape, recipe, on)
    return found


def told(needed: dict[str, float]) -> str:
    """`41.2 GB (state 0.5, activations 12.1, ...)`, the parts of a hundredth and more."""
    total = sum(needed.values())
    parts = [f"{name} {each / 1e9:,.2f}" for name, each in needed.items() if each > total / 100]
    return f"{total / 1e9:,.2f} GB ({', '.join(parts)})"


def _scores(shape: Shape, attention: str, pairs: float) -> float:
    """A mask of bytes and one of floats for sdpa; for eager every layer's scores beside it."""
    if attention == "flash_attention_2":
        return 0.0
    return pairs * (5 + (8 * shape.heads * shape.layers if attention == "eager" else 0))


def _sampling(shape: Shape, recipe: Any, on: Machine) -> float:
    if recipe.vllm:
        return VLLM_SHARE * on.memory if recipe.vllm == "colocate" else 0.0
    rollouts = recipe.batch * recipe.updates / on.processes
    return rollouts * (recipe.window * cache(shape, on.width) + 12 * shape.vocabulary)
