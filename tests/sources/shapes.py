"""Rows in the shape the card of each ready source documents."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

BOXED = "Return your final response within \\boxed{}. "
SYSTEM = "Your role as an assistant involves thoroughly exploring questions"


def marked(thought: str, solution: str) -> str:
    return (
        f"<|begin_of_thought|>\n\n{thought}\n\n<|end_of_thought|>\n\n"
        f"<|begin_of_solution|>\n\n{solution}\n\n<|end_of_solution|>"
    )


def stratos(asked: str, reply: str) -> dict[str, Any]:
    turns = [{"from": "user", "value": asked}, {"from": "assistant", "value": reply}]
    return {"system": SYSTEM, "conversations": turns}


def openr1(problem: str, **changed: Any) -> dict[str, Any]:
    row = {
        "problem": problem,
        "solution": "It is 7.",
        "answer": "7",
        "problem_type": "Number Theory",
        "question_type": "math-word-problem",
        "source": "olympiads",
        "uuid": f"uuid-{problem}",
        "is_reasoning_complete": [True, True, False],
        "generations": [
            "<think>\n3 + 4\n</think>\n\nIt is \\boxed{7}.",
            "<think>\n3 + 4 = 8\n</think>\n\nIt is \\boxed{8}.",
            "<think>\n3 + 4, let me",
        ],
        "correctness_math_verify": [True, False, False],
        "correctness_llama": None,
        "finish_reasons": None,
        "correctness_count": 1,
        "messages": [{"role": "user", "content": problem}, {"role": "assistant", "content": "7"}],
    }
    return {**row, **changed}


def thoughts(problem: str, domain: str = "math", truth: str = "So $\\boxed{6}$.") -> dict[str, Any]:
    return {
        "problem": problem,
        "deepseek_reasoning": "Twice three.",
        "deepseek_solution": "It is \\boxed{6}.",
        "ground_truth_solution": truth,
        "domain": domain,
        "source": "numina_math",
        "test_cases": None,
        "starter_code": None,
    }


def thoughts3(domain: str, reply: str) -> dict[str, Any]:
    asked = {"from": "human", "value": "What is 5 + 6?"}
    turns = [asked, {"from": "gpt", "value": reply}]
    return {"difficulty": None, "source": "openmath", "domain": domain, "conversations": turns}


def numina15(problem: str, **changed: Any) -> dict[str, Any]:
    row = {
        "problem": problem,
        "solution": "It is 12.",
        "answer": "12",
        "problem_type": "Algebra",
        "question_type": "math-word-problem",
        "problem_is_valid": "Yes",
        "solution_is_valid": "Yes",
        "source": "cn_k12",
        "synthetic": False,
    }
    return {**row, **changed}


def numina_cot(problem: str, solution: str) -> dict[str, Any]:
    turns = [{"role": "user", "content": problem}, {"role": "assistant", "content": solution}]
    return {"source": "aops_forum", "problem": problem, "solution": solution, "messages": turns}


def metamath(query: str, response: str) -> dict[str, Any]:
    row = {"type": "GSM_Rephrased", "query": query, "original_question": "What is 9 + 9?"}
    return {**row, "response": response}


AQUA = {
    "question": "A train runs 21 km in an hour. How far does it run in two?",
    "options": ["A)21 km", "B)42 km", "C)63 km", "D)84 km", "E)None of these"],
    "rationale": "2 * 21 = 42. The answer is B.",
    "correct": "B",
}
OMNI = {
    "domain": ["Mathematics -> Number Theory -> Primes"],
    "difficulty": 8.5,
    "problem": "Which prime is even?",
    "solution": "Two.",
    "answer": "2",
    "source": "imo_shortlist",
}
BIG = {
    "problem": "What is 10 + 10?",
    "answer": "20",
    "source": "orca_math",
    "domain": ["Mathematics -> Applied Mathematics -> Math Word Problems"],
    "llama8b_solve_rate": 0.9,
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "openr1_math": [
        openr1("What is 3 + 4?"),
        openr1("What is three and four?", finish_reasons=["stop", "stop", "length"]),
        openr1("Show that 7 is prime.", answer="proof", question_type="proof"),
    ],
    "openthoughts": [
        thoughts("What is 2 times 3?"),
        thoughts("Sort a list.", "code"),
        thoughts("Is 6 perfect?", truth="Yes, it is."),
    ],
    "openthoughts3": [
        thoughts3("math", "<think>\nEleven.\n</think>\n\n\\boxed{11}"),
        thoughts3("math", "<think>\nFive and six, so eleven.\n</think>\n\nIt is \\boxed{11}."),
        thoughts3("math", "<think>\n5 + 6 = 11\n</think>\n\nSo \\boxed{11}."),
        thoughts3("math", "<think>\nFive and"),
        thoughts3("science", "<think>\nAcid.\n</think>\n\nAcid."),
    ],
    "bespoke_stratos": [
        stratos(BOXED + "What is 4 + 4?", marked("Eight, I think.", "It is \\boxed{8}.")),
        stratos("Generate an executable Python function.", marked("Code.", "def f(): ...")),
    ],
    "numina_cot": [
        numina_cot("What is 3 times 3?", "Three threes: $\\boxed{9}$."),
        numina_cot("Prove that 9 is odd.", "It is not even."),
    ],
    "numina15": [
        numina15("What is 6 + 6?"),
        numina15("Prove it.", answer="proof", question_type="proof"),
        numina15("What is 6 plus 6?", answer="notfound"),
        numina15("What are 6 and 6?", solution_is_valid="Incomplete"),
        numina15("What?", problem_is_valid="Incomplete"),
    ],
    "deepscaler": [
        {"problem": "What is 13 + 1?", "answer": "14", "solution": ""},
        {"problem": "What is 13 + 2?", "answer": None, "solution": ""},
    ],
    "big_math": [BIG],
    "aqua_rat": [AQUA, {**AQUA, "question": "And in three?", "correct": "F"}],
    "metamath": [
        metamath("What do 9 and 9 make?", "They make 18.\n#### 18\nThe answer is: 18"),
        metamath("What do 9 and 9 make?", "9 + 9 is 18.\n#### 18\nThe answer is: 18"),
        metamath("What do 9 and 8 make?", "They make seventeen."),
    ],
    "omni_math": [OMNI],
}

THOUGHTS_DEFAULT = [stratos(BOXED + "What is 6 times 1?", marked("Six.", "\\boxed{6}"))]


def write(path: Path, table: list[dict[str, Any]]) -> Path:
    """Rows as a file: Parquet where they are alike, else JSONL."""
    if len({tuple(row) for row in table}) == 1 and path.stem != "metamath":
        pq.write_table(pa.Table.from_pylist(table), path.with_suffix(".parquet"))
        return path.with_suffix(".parquet")
    path.with_suffix(".jsonl").write_text("".join(json.dumps(row) + "\n" for row in table))
    return path.with_suffix(".jsonl")
