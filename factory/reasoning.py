"""One reader for every shape in which thinking comes: a field of its own, or inline `<think>` tags.

Either tag may be missing: templates that prefill the opening one return text that begins inside
it, and a truncated reply never closes it.
"""

OPEN, CLOSE = "<think>", "</think>"


def split(text: str, reasoning: str | None) -> tuple[str | None, str]:
    """(trace, solution) of a reply. The trace is None where nothing was thought aloud."""
    if reasoning:
        return reasoning.strip(), text.removeprefix(CLOSE).strip()
    head, close, tail = text.rpartition(CLOSE)
    if close:
        return head.strip().removeprefix(OPEN).strip(), tail.strip()
    before, opened, inside = text.partition(OPEN)
    if opened and not before.strip():
        return inside.strip(), ""
    return None, text.strip()


def join(trace: str | None, solution: str) -> str:
    """The completion in one spelling: what a student learns and a verifier reads."""
    return solution if trace is None else f"{OPEN}\n{trace}\n{CLOSE}\n\n{solution}"
