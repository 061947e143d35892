"""A mixture in the forms that others train from: one file of its rows, in training order."""

from pathlib import Path
from typing import Any, NamedTuple

from factory.catalog import quoted
from factory.errors import UserError
from factory.mixing import frozen

QUESTION = "rtrim(prompt, chr(10))"


class Form(NamedTuple):
    """The stages it fits, the columns in SQL over `mixture_rows` and `problems`, its file."""

    stages: tuple[str, ...]
    columns: str
    file: str


FORMS = {
    # The messages of a chat, as chat templates, TRL and most trainers take them.
    "chat": Form(
        ("mid", "sft", "rft"),
        f"""[{{'role': 'user', 'content': {QUESTION}}},
            {{'role': 'assistant', 'content': completion}}] as messages""",
        "train.jsonl",
    ),
    # TRL's prompt-completion and preference types: plain text, as the mixture has it.
    "completion": Form(("mid", "sft", "rft"), "prompt, completion", "train.jsonl"),
    "dpo": Form(("dpo",), "prompt, completion as chosen, rejected", "train.jsonl"),
    # The five columns of verl's RLHFDataset; `data_source` picks the scorer.
    "verl": Form(
        ("rl",),
        f"""p.source as data_source, [{{'role': 'user', 'content': {QUESTION}}}] as prompt,
            'math' as ability, {{'style': 'rule', 'ground_truth': r.answer}} as reward_model,
            {{'split': 'train', 'index': position, 'problem_id': problem_id}} as extra_info""",
        "train.parquet",
    ),
}
ROWS = """
    select {columns} from raw.mixture_rows r left join problems p using (problem_id)
    where mixture_id = {id} order by position
"""


def write(con: Any, name: str, form: str, folder: Path) -> dict[str, Any]:
    """Write a mixture into `folder`; its row of `mixtures`. Raises UserError, StoreError."""
    mixture = frozen.find(con, name)
    stage, given = mixture["stage"], FORMS[form]
    if stage not in given.stages:
        fitting = " or ".join(f"format={n}" for n, f in FORMS.items() if stage in f.stages)
        raise UserError(
            f"format={form} does not fit {frozen.label(mixture)}, which is of stage {stage}; "
            f"give {fitting}"
        )
    frozen.fit_to_leave(con, mixture)
    rows = ROWS.format(columns=given.columns, id=quoted(mixture["mixture_id"]))
    kind = "json" if given.file.endswith("jsonl") else "parquet, compression zstd"
    con.execute(f"copy ({rows}) to {quoted(str(folder / given.file))} (format {kind})")
    return mixture
