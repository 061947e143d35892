r"""When a given answer is the gold one.

The policy "default", gold first; a flag of the verdict names the liberty that "correct" rests on:
- `rounding`: a decimal equals an exact value when it is that value rounded or cut to >= 6
  significant digits (1/12 = 0.0833333, sqrt(7)/12 != 0.22048). A gold decimal of >= 3 digits equals
  the exact value, which no finite decimal writes, that rounds to it (0.411 = 37/90), one of >= 4
  digits also a longer decimal of >= 6 (3.142 = 3.14159); of "36\pi \approx 113.1" the exact side
  counts;
- `percent`: the sign is a unit: 10 % equals 10 and 10 %, not 0.1;
- `units`: one that agrees, is missing or is unknown is ignored; 5 cm against 5 m is ambiguous;
  degrees equal radians written with \pi (45^\circ = \pi/4); 5 (mod 7) equals 5;
- `time`: 4:30 p.m. equals 16:30 and 4:30, not 4:30 a.m.;
- `name`, `base`: x=5 equals 5; an omitted base subscript is accepted, another one is not;
- a bare \log is natural or to base ten, whichever makes the answers equal;
- free constants: x^2 + C equals x^2 + K, and a general solution is the set of its values: two are
  equal for every integer k, or span the same functions;
- `order`: free in lists, sets and unions, fixed in tuples, intervals and matrices;
- `brackets`: the list 1, 2 is the set {1, 2} and the tuple (1, 2), but a tuple is not a set; x=1,
  y=2 is (1,2); brackets of angles are round ones;
- `ratio`: 3:4 equals 6:8 and, with this flag, 3/4;
- conditions: one that both state must agree ("for all x", k \in Z, x \ne 3); one that only one
  states is set aside, as are words around a value (`words`), unless they turn it round;
- sets of reals: an inequality is its interval (x > 3 = (3,\infty)), in one letter or another,
  but x > 3 differs from y > 3;
- functions are equal where both are real: \sqrt{xy} = \sqrt{x}\sqrt{y}, \sqrt{x^2} != x;
- `choice`: (B) equals B and "B. Paris", and the text that `question` lists under it; a letter
  against a text is ambiguous without the choices; ABD equals A, B, D;
- `words`: text is compared without case; the gold words among other words are ambiguous, but
  "Yes, it does" is Yes.

The policy "strict" takes none of these liberties: what would rest on one is ambiguous.
"""

from dataclasses import dataclass
from typing import get_args

from factory.verifiers import Flag


@dataclass(frozen=True, slots=True)
class Policy:
    """The liberties that "correct" may rest on; the name is stored with every verdict."""

    name: str
    accepts: frozenset[Flag]


DEFAULT = Policy("default", frozenset(get_args(Flag)))
STRICT = Policy("strict", frozenset())
POLICY = DEFAULT.name
