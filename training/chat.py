"""How the student is asked and how it ends its reply: its own chat template, in every stage.

A training text is the rendered prompt, the completion as it is, and what the template writes after
a reply. The completion never goes through the template (some drop the thinking of earlier turns),
and prompt and completion are encoded apart, as at inference, so no token crosses their border; a
special token spelled out in a completion stays text.
"""

from typing import TYPE_CHECKING, Any

from factory.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Ids = list[list[int]]
OPENING = "<think>\n"  # some templates open the thinking in the prompt; our completions open it
BLANK = "\n\n"  # ends the prompts of mixtures
PROBE = "What is 1 + 1?"


class Chat:
    """The chat of a tokenizer. Raises UserError where it has none that training could keep to."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        self.tokenizer: Any = tokenizer
        if not getattr(tokenizer, "chat_template", None):
            raise UserError(
                f"the tokenizer of {tokenizer.name_or_path or 'the student'} has no chat template; "
                "put a chat_template.jinja into its folder"
            )
        asked, whole = self.asked(PROBE), self._render([PROBE, "2"])
        before, found, self.end = whole.rpartition("2")
        if PROBE not in asked or not found or not asked.startswith(before.removesuffix(OPENING)):
            raise UserError(
                f"the chat template of {tokenizer.name_or_path or 'the student'} writes a prompt "
                f"as {asked!r} and with its reply as {whole!r}; the first must begin the second"
            )
        self.ending: list[int] = self.tokenizer.encode(self.end, add_special_tokens=False)
        """The ids after a reply; at the first of them the student stops."""

    def asked(self, statement: str) -> str:
        """The prompt of a statement, as the student meets it at inference."""
        return self._render([statement.removesuffix(BLANK)])

    def prompts(self, statements: list[str]) -> Ids:
        """Token ids of the prompts, without an opening that the completion brings along."""
        texts = [self.asked(each).removesuffix(OPENING) for each in statements]
        return self.tokenizer(texts, add_special_tokens=False)["input_ids"]

    def completions(self, texts: list[str]) -> Ids:
        """Token ids of completions, each with the end of the reply."""
        plain = self.tokenizer(texts, add_special_tokens=False, split_special_tokens=True)
        return [ids + self.ending for ids in plain["input_ids"]]

    def _render(self, turns: list[str]) -> str:
        roles = ("user", "assistant")
        messages = [{"role": r, "content": c} for r, c in zip(roles, turns, strict=False)]
        return self.tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=len(turns) == 1
        )
