"""One reader for every shape in which thinking comes: a field of its own, or inline `<think>` tags.

Either tag may be missing: templates that prefill the opening one return text that begins inside
it, and a truncated reply never closes it. Sky-T1's markers, which Bespoke-Stratos and OpenThoughts
kept, are read as these tags.
"""

OPEN, CLOSE = "<think>", "</think>"
TOLD = "concat_ws(chr(10), trace, solution)"  # SQL: all that a rollout says
MARKERS = {
    "<|begin_of_thought|>": OPEN,
    "<|end_of_thought|>": CLOSE,
    "<|begin_of_solution|>": "",
    "<|end_of_solution|>": "",
}


def split(text: str, reasoning: str | None) -> tuple[str | None, str]:
    """(trace, solution) of a reply. The trace is None where nothing was thought aloud."""
    text = _tagged(text)
    if reasoning and reasoning.strip():
        text = text.strip().removeprefix(CLOSE).strip()
        inline, solution = split(text, None) if text.startswith(OPEN) else (None, text)
        return _both(reasoning.strip(), inline), solution
    head, close, tail = text.rpartition(CLOSE)
    if close:
        return head.strip().removeprefix(OPEN).strip(), tail.strip()
    before, opened, inside = text.partition(OPEN)
    if opened and not before.strip():
        return inside.strip(), ""
    return None, text.strip()


def unended(text: str) -> bool:
    """Whether a reply was cut off inside its thought."""
    text = _tagged(text)
    return text.lstrip().startswith(OPEN) and CLOSE not in text


def _tagged(text: str) -> str:
    """A text that opens with Sky-T1's marker, in tags; any other as it is."""
    if text.lstrip().startswith(next(iter(MARKERS))):
        for marker, tag in MARKERS.items():
            text = text.replace(marker, tag)
    return text


def _both(told: str, inline: str | None) -> str:
    """A server that has a field for thinking may leave it, or some of it, in the text as well."""
    return told if not inline or inline in told else f"{told}\n\n{inline}"


def joined(row: str) -> str:
    """`join` as SQL, of the columns of `row`."""
    both = f"'{OPEN}' || chr(10) || {row}.trace || chr(10) || '{CLOSE}' || chr(10) || chr(10)"
    return f"coalesce({both}, '') || {row}.solution"


def join(trace: str | None, solution: str) -> str:
    """The completion in one spelling: what a student learns and a verifier reads."""
    return solution if trace is None else f"{OPEN}\n{trace}\n{CLOSE}\n\n{solution}"
