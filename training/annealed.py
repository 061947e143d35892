"""TRL's GRPOTrainer with a temperature that changes: what is sampled at T is scored at T.

TRL builds the temperature into the sampler and into the fused LM head when it is constructed;
changing one alone makes the importance ratio of untouched weights 0.68 at T = 0.6 (measured).
"""

from typing import TYPE_CHECKING, Any

from transformers import PreTrainedModel
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer
from trl.trainer.utils import add_fused_lm_head

if TYPE_CHECKING:
    from training.rl import RlRecipe, Temperature


class AnnealedGRPOTrainer(GRPOTrainer):
    """GRPO at the temperature of the step at which its rollouts were sampled."""

    def __init__(self, *, temperature: "Temperature", **rest: Any) -> None:
        super().__init__(**rest)
        self.heat = temperature
        live: Any = temperature
        model: Any = self.model
        add_fused_lm_head(model, temperature=live, outputs=("log_probs", "entropy"))
        if isinstance(self.ref_model, PreTrainedModel):
            add_fused_lm_head(self.ref_model, temperature=live)

    def _generate(self, prompts: list[Any]) -> Any:
        self.heat.value = self.heat.at(self.state.global_step, self.state.max_steps)
        self.temperature = self.heat.value
        if self.use_vllm:
            self.vllm_generation.temperature = self.heat.value
        else:
            self.generation_config.temperature = self.heat.value
            self.generation_kwargs["temperature"] = self.heat.value
        self._log_metric("temperature", self.heat.value)
        return super()._generate(prompts)

    def _tokenize_prompts(self, prompts: list[Any]) -> Any:
        """TRL adds the tokenizer's special tokens to texts whose chat template has written them."""
        tokenizer: Any = self.processing_class
        return tokenizer(prompts, add_special_tokens=False)["input_ids"], None, {}


def config(recipe: "RlRecipe", shared: dict[str, Any], accumulation: int) -> GRPOConfig:
    """What TRL is told."""
    served = {}
    if recipe.vllm:
        mode = {"vllm_mode": "colocate"}
        if recipe.vllm != "colocate":
            mode = {"vllm_mode": "server", "vllm_server_base_url": recipe.vllm}
        served = {"use_vllm": True, **mode}
    return GRPOConfig(
        **shared,
        **served,
        num_generations=recipe.group,
        steps_per_generation=accumulation * recipe.updates,
        max_completion_length=recipe.completion,
        temperature=recipe.temperature,
        top_k=0,
        beta=recipe.kl,
        loss_type=recipe.loss,
        scale_rewards=recipe.scale,
        epsilon=recipe.clip_low,
        epsilon_high=recipe.clip_high,
        mask_truncated_completions=recipe.mask_truncated,
    )
