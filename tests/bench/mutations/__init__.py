"""Seeded mutations of maths problem statements, for testing a near-duplicate finder.

Written apart from any normaliser. A ``same=True`` mutant is still the same problem (another
spelling, wrapper, typo or paraphrase); a ``same=False`` mutant shares most of the text but asks
something else. Each kind yields at most one mutant per problem, and none where it changes nothing.
"""

import unicodedata

from tests.bench.mutations.burial import BURIED, all_numbers
from tests.bench.mutations.changes import DIFFERENT
from tests.bench.mutations.spelling import LATEX_EDITS, ODD, SPELLING, UNICODE_EDITS, delims
from tests.bench.mutations.text import Edit, Mutant, applied, edits_of, mixed
from tests.bench.mutations.wording import PARAPHRASE
from tests.bench.mutations.wrapping import (
    PLAIN,
    TYPOS,
    WRAP,
    as_html,
    as_paragraphs,
    bold,
    wrap_lines,
)

__all__ = ["Mutant", "buried", "mutants", "variants"]

_SAME: dict[str, Edit] = {
    **LATEX_EDITS,
    "latex.mixed": mixed(LATEX_EDITS, 3, ODD),
    **UNICODE_EDITS,
    "unicode.nfd": lambda text, _: unicodedata.normalize("NFD", text),
    "unicode.rendered": lambda text, rng: delims("stripped")(
        mixed(UNICODE_EDITS, 3)(text, rng), rng
    ),
    **edits_of(PLAIN, everywhere=True),
    "plain.wrapped": wrap_lines,
    "plain.bold": bold,
    "plain.html": as_html,
    "plain.paragraphs": as_paragraphs,
    **WRAP,
    **TYPOS,
    **PARAPHRASE,
    "paraphrase.mixed": mixed(PARAPHRASE, 3),
    "mixed.travelled": lambda text, rng: mixed(WRAP, 1)(
        mixed(TYPOS, 1)(mixed(SPELLING, 2, ODD)(text, rng), rng), rng
    ),
    "mixed.rewritten": lambda text, rng: mixed(WRAP, 1)(mixed(PARAPHRASE, 2)(text, rng), rng),
}


def mutants(text: str, seed: int) -> list[Mutant]:
    """Every mutation that applies to the statement, one per kind."""
    return applied(_SAME, text, seed, same=True) + applied(DIFFERENT, text, seed, same=False)


def buried(text: str, seed: int) -> list[Mutant]:
    """The problem inside a longer chain of thought, re-spelled or lightly edited."""
    return applied(BURIED, text, seed, same=True)


def variants(text: str, seed: int) -> list[Mutant]:
    """The same template with every number (but exponents and indices) another one."""
    return applied({"number_variant": all_numbers}, text, seed, same=False)
