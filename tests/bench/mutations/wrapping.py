"""The same problem in another layout, with boilerplate around it, or with typos."""

import html
import random
import re

from tests.bench.mutations.spelling import sometimes
from tests.bench.mutations.text import Edit, Rule, asking, listed, masked, places, replaced


def wrap_lines(text: str, rng: random.Random) -> str:
    sites: list[tuple[int, int, str]] = []
    last, width = 0, rng.randint(35, 70)
    for m in re.finditer(r"(?<=[\w,.]) (?=\w)", masked(text, "p")):
        if m.start() - last > width:
            last = m.start()
            sites.append((*m.span(), "\n"))
    return replaced(text, sites)


def bold(text: str, rng: random.Random) -> str:
    at = asking(text)
    if at and rng.random() < 0.5:
        return text[: at[0]] + "**" + text[at[0] : at[1]].rstrip() + "**" + text[at[1] :]
    sites = places(text, "p", r"(?<![\w*])[A-Za-z]{4,}(?![\w*'])", r"**\g<0>**", rng)
    return replaced(text, rng.sample(sites, min(2, len(sites))))


def _lower(m: re.Match[str], _: random.Random) -> str:
    return m[0].lower()


_YEARS = r"(?<![\d.,_$\\])(?!(?:1[6-9]|20)\d\d\b)"
PLAIN: list[Rule] = [
    ("plain.lower_first", "p", r"\A[A-Z](?=[a-z]+ )", _lower),
    ("plain.lower", "p", r"(?<![A-Za-z$\\])[A-Z][a-z]+(?![A-Za-z$])", _lower),
    ("plain.double_space", "p", r"(?<=[.?,]) (?=\S)", "  "),
    ("plain.ragged_space", "p", r"(?<=\w) (?=\w)", sometimes("  ", 0.4)),
    ("plain.joined", "a", r"\s*\n\s*", " ", r"[^\n]%"),
    ("plain.crlf", "a", r"(?<!\r)\n", "\r\n"),
    ("plain.break_sentences", "p", r"(?<=[a-z][.?]) +(?=[A-Z])", "\n\n", r"[DM]rs?\.|Ms\.|St\."),
    (
        "plain.grouping_add",
        "a",
        _YEARS + r"(\d{1,3})(\d{3})(?![\d,_.{}]|\.\d)",
        r"\1,\2",
        r"base|digit|binary|year|palindrom|numeral",
    ),
    ("plain.grouping_drop", "n", r"(?<=\d),(?=\d{3}(?!\d))", "", r"digit|\(\d+,"),
    ("plain.no_final_stop", "a", r"[.?]\s*\Z", ""),
    ("plain.tokenised", "p", r"(?<=[A-Za-z])(?=[,.?!;](?:\s|\Z))", " "),
    ("plain.percent_word", "p", r"(?<=\d)\\?%", " percent"),
    ("plain.percent_word", "p", r"(?<=\d) percent\b", "%"),
    (
        "plain.dollars_word",
        "n",
        (
            r"\$(\d+(?:,\d{3})*(?:\.\d\d)?)(?![\d,.]\d|[\w-]"
            r"| (?:m|b)illion| bill| hundred| thousand| each|\d)"
        ),
        r"\1 dollars",
    ),
    ("plain.dollars_word", "n", r"(?<![\w.,$/-])(\d+) dollars\b", r"$\1"),
    ("plain.cents_added", "n", r"(\$\d+)(?![\d/]|[.,]\d|-| (?:m|b)ill)", r"\1.00"),
    ("plain.degrees_word", "a", r"(?<!\\)\$(\d+)\^(?:\{\\circ\}|\\circ)\$", r"\1 degrees"),
]


def as_html(text: str, _: random.Random) -> str:
    return html.escape(text).replace("&#x27;", "&#39;")


def as_paragraphs(text: str, _: random.Random) -> str:
    return "<p>" + re.sub(r"\n+", "<br/>\n", html.escape(text.strip(), quote=False)) + "</p>"


_BOILERPLATE: dict[str, tuple[str, ...]] = {
    "question": ("Question: {}", "Q: {}", "Question {n}: {}", "**Question:** {}"),
    "problem_number": (
        "Problem {n}. {}",
        "{n}. {}",
        "Problem {n}: {}",
        "Exercise {n}.\n{}",
        "({n}) {}",
    ),
    "heading": ("## Problem\n\n{}", "### Problem {n}\n{}", "# Task\n{}"),
    "solve": (
        "Solve the following math problem step by step.\n\n{}",
        "Solve this problem: {}",
        "Solve the following math problem efficiently and clearly.\n\nProblem: {}",
    ),
    "expert": (
        "You are a helpful math tutor. Answer the question below.\n\n{}",
        (
            "Below is an instruction that describes a task. Write a response that "
            "appropriately completes the request.\n\n### Instruction:\n{}\n\n### Response:"
        ),
    ),
    "boxed": (
        "{}\nPlease reason step by step, and put your final answer within \\boxed{{}}.",
        "{} Put your final answer in \\boxed{{}}.",
        "{}\n\nLet's think step by step and output the final answer within \\boxed{{}}.",
    ),
    "think": (
        "{}\nLet's think step by step.",
        "{}\n\nThink carefully before you answer.",
        "{} Show your work.",
        "{} Please explain your reasoning.",
    ),
    "chatml": (
        "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n",
        (
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n{}"
            "<|im_end|>\n<|im_start|>assistant\n"
        ),
    ),
    "llama": ("<s>[INST] {} [/INST]", "<|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>"),
    "roles": ("Human: {}\n\nAssistant:", "USER: {} ASSISTANT:", "### User:\n{}\n\n### Assistant:"),
    "answer": ("{}\nAnswer:", "Q: {}\nA:", "{}\n\nSolution:", "{} ANSWER: ______"),
    "answer_line": (
        '{}\n\nRemember to put your answer on its own line after "Answer:".',
        "{}\nThe last line of your response should be of the form Answer: $Answer.",
    ),
    "points": ("[{n} points] {}", "{} [{n} points]", "({n} pts) {}", "{} ({n} marks)"),
    "source": ("{} (AMC 2010)", "(AIME {n}) {}", "[HMMT 2013] {}", "{}\n\nSource: 2014 AMC 10B"),
    "greeting": (
        "Hi! Can you help me with this one? {} Thanks!",
        "Please help me solve this: {}",
        "I am stuck on my homework. {}",
    ),
    "quoted": ('"{}"', "```\n{}\n```", "> {}", "<problem>\n{}\n</problem>"),
}


def _boiler(name: str) -> Edit:
    def run(text: str, rng: random.Random) -> str:
        form = rng.choice(_BOILERPLATE[name]).replace("{n}", str(rng.randint(2, 25)))
        return form.replace("{{}}", "\0").replace("{}", text.strip(), 1).replace("\0", "{}")

    return run


ONES = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirtee"
    "n fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_COUNTS = re.compile(
    r"(?:\w*(?:" + "|".join(ONES[3:]) + r"|first|second|third|fif|twel|eigh|"
    r"thir|forty|hundred|thousand|million|dozen|doubl|tripl|quarter|halves)\w*)\Z"
)


def typo(how: str) -> Edit:
    def slip(m: re.Match[str], rng: random.Random) -> str:
        w = m[0]
        spots = [i for i in range(1, len(w) - 2) if w[i] != w[i + 1]]
        if _COUNTS.match(w) or not spots:
            return w
        i = rng.choice(spots)
        return {
            "drop": w[:i] + w[i + 1 :],
            "double": w[:i] + w[i] + w[i:],
            "swap": w[:i] + w[i + 1] + w[i] + w[i + 2 :],
        }[how]

    def run(text: str, rng: random.Random) -> str:
        sites = places(text, "p", r"(?<![\w\\$'-])[a-z]{6,}(?![\w$'-])", slip, rng)
        return replaced(text, rng.sample(sites, min(len(sites), rng.choice((1, 2)))))

    return run


WRAP = {f"boilerplate.{name}": _boiler(name) for name in _BOILERPLATE}
TYPOS = {f"typo.{how}": typo(how) for how in ("drop", "double", "swap")}
