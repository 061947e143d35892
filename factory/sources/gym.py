"""Problems of reasoning-gym (extra `gym`): `count` and `seed` as for the embedded world, in turn
from each family below, or `part=FAMILY` for one. reasoning-gym is Apache-2.0.

Only families whose answer is a number, an expression or a word that says it all. Left out:
`fraction_simplification` and `prime_factorization`, where an equal value is not yet an answer;
`base_conversion` and `bitwise_arithmetic`, whose digits are letters; `power_function`,
`number_format` and `time_intervals`, whose scorers take what is merely close; `gsm_symbolic`,
templates made from GSM8K's test questions under another licence; `intermediate_integration`, a
third of a second a problem; `simple_geometry`, where four in ten "convex" polygons have an angle of
180 degrees or more; puzzles, code and games. gym's seeds overlap: problem n of a seed is problem
n - 1 of the next.
"""

from collections.abc import Iterator
from typing import Any

from factory.errors import MissingExtra, unknown
from schemas.exchange import SourceRow, Unfit

NAME = "gym"
LICENSE = "Apache-2.0"

FAMILIES = {
    "advanced_geometry": "geometry",
    "basic_arithmetic": "arithmetic",
    "calendar_arithmetic": "calendar",
    "chain_sum": "arithmetic",
    "coin_flip": "probability",
    "complex_arithmetic": "algebra",
    "count_bits": "number_theory",
    "count_primes": "number_theory",
    "decimal_arithmetic": "arithmetic",
    "decimal_chain_sum": "arithmetic",
    "dice": "probability",
    "gcd": "number_theory",
    "lcm": "number_theory",
    "leg_counting": "arithmetic",
    "number_sequence": "algebra",
    "polynomial_equations": "algebra",
    "polynomial_multiplication": "algebra",
    "products": "arithmetic",
    "self_reference": "logic",
    "simple_equations": "algebra",
    "simple_integration": "calculus",
}  # and their domains

EMPTY = ": 0 = 0"  # how one in a thousand of `simple_equations` ends


def read(recipe: Any) -> Iterator[tuple[int, Any]]:
    """`count` rows of (family, place, entry). Raises UserError for a family that is not here."""
    if recipe.part not in (None, *FAMILIES):
        raise unknown("part", recipe.part, list(FAMILIES))
    try:
        import reasoning_gym
    except ModuleNotFoundError as error:
        raise MissingExtra("reasoning_gym", "gym") from error
    names = [recipe.part] if recipe.part else list(FAMILIES)
    places = -(-recipe.count // len(names))
    made = {n: reasoning_gym.create_dataset(n, size=places, seed=recipe.seed) for n in names}
    for number in range(recipe.count):
        place, turn = divmod(number, len(names))
        name = names[turn]
        yield number, (name, f"{recipe.seed}-{name}-{place:04d}", made[name][place])


def parse(raw: Any, recipe: Any) -> SourceRow:
    """The question as it is asked, with the answer gym expects. Raises Unfit for an identity."""
    name, row, entry = raw
    question = entry["question"].strip()
    if question.endswith(EMPTY):
        raise Unfit(f"{name}: nothing to solve")
    return SourceRow(question, str(entry["answer"]).strip(), row, domain=FAMILIES[name])
