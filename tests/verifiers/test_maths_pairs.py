r"""Answers that are the same, are not, or cannot be told apart: one line each, `gold  ~  given`."""

import pytest

from factory.verifiers.maths import verify

SAME = r"""
18  ~  18.0
18  ~  $18$
18  ~  \$18
18  ~  18 dollars
5,432  ~  5432
10{,}000  ~  10000
10,\!080  ~  10080
1 000 000  ~  1000000
-\frac{1}{2}  ~  -0.5
\frac{3}{4}  ~  0.75
\frac{3}{4}  ~  3/4
\frac34  ~  \dfrac{3}{4}
\frac{14}{3}  ~  4\frac{2}{3}
3\frac12  ~  \frac{7}{2}
3\frac12  ~  3.5
3½  ~  7/2
1/12  ~  0.0833333333333333
1/3  ~  0.333333
0.\overline{3}  ~  \frac13
0.1\overline{6}  ~  1/6
18  ~  17.999999999999996
0.411  ~  \frac{37}{90}
10\%  ~  10
10  ~  10\%
18\%  ~  18 percent
6.02\times 10^{23}  ~  602000000000000000000000
6.02\times 10^{23}  ~  6.02e23
2^{10}  ~  1024
2^{-3}  ~  0.125
90^\circ  ~  90
90^\circ  ~  90 degrees
90°  ~  90
\frac{270}7\text{ degrees}  ~  \frac{270}{7}
864 \mbox{ inches}^2  ~  864
5.4 \text{ cents}  ~  5.4
15\mbox{ cm}^2  ~  15\text{ cm}^2
\$18.90  ~  18.9
\$18.90  ~  \$18.90
36  ~  36.
３６  ~  36
\pi  ~  pi
288 \pi  ~  288π
2\sqrt{3}  ~  \sqrt{12}
11\sqrt2  ~  11\sqrt{2}
\frac{\sqrt{3}}{3}  ~  \frac{1}{\sqrt{3}}
\frac{\sqrt{3}}{3}  ~  \sqrt{3}/3
3\sqrt{13}  ~  3√13
18+2\pi  ~  2\pi+18
6 - 5i  ~  -5i+6
x^2+1  ~  1+x^2
(x+1)^2  ~  x^2+2x+1
(a+5)(b+2)  ~  (b+2)(a+5)
x²+1  ~  x^2+1
4t  ~  4*t
4t  ~  4 \cdot t
\frac{11+9a}{20}  ~  \frac{11}{20}+\frac{9a}{20}
x=5  ~  5
5  ~  x=5
5  ~  x = 5.
y = 2x + 3  ~  y=3+2x
y = 2x + 3  ~  2x+3
y=2x+1  ~  y-2x=1
x<5  ~  5>x
(3,4]  ~  (3, 4]
(-\infty, 2) \cup (3, \infty)  ~  (-∞,2)∪(3,∞)
(0,9) \cup (9,36)  ~  (9,36)\cup(0,9)
x \in [-2,7]  ~  [-2,7]
\left( 3, \frac{\pi}{2} \right)  ~  (3,\pi/2)
(6,31,-1)  ~  (6, 31, -1)
1,-2  ~  -2, 1
3, 5, 7  ~  7,5,3
3, 5, 7  ~  3, 5 and 7
6, 8\text{, and }10  ~  6, 8, 10
\{1,2\}  ~  \{2,1\}
\{1,2\}  ~  1,2
1 \pm \sqrt{19}  ~  1+\sqrt{19}, 1-\sqrt{19}
\{1\pm\sqrt{5},-2\}  ~  \{-2,1-\sqrt5,1+\sqrt5\}
2,3  ~  x=2, x=3
2,3  ~  x=2 \text{ or } x=3
\begin{pmatrix} -1/3 \\ 2/3 \end{pmatrix}  ~  \begin{bmatrix} -\frac13 \\ \frac23 \end{bmatrix}
\begin{pmatrix} -1 & 0 \\ 0 & -1 \end{pmatrix}  ~  \begin{pmatrix}-1&0\\0&-1\end{pmatrix}
\begin{pmatrix}1\\2\end{pmatrix}  ~  (1,2)
52_8  ~  52
4210_{5}  ~  4210_5
\text{(C)}  ~  C
\text{(C)}  ~  (C)
C  ~  \text{C}
B  ~  B. Paris
\text{Evelyn}  ~  Evelyn
\text{east}  ~  East
\text{odd}  ~  \textbf{odd}
\text{A,B,E}  ~  A, B, E
\mbox{four}  ~  4
3:4  ~  3 : 4
-1.8 billion  ~  -1800000000
\cot x  ~  \cot(x)
\frac{1}{\sin x}  ~  \csc x
-2x+7  ~  7-2x
\sqrt{\frac12}  ~  \frac{\sqrt2}{2}
12\pi  ~  12 \pi \text{ cm}
\frac{9}{100}  ~  0.09
2^{100}-2  ~  2(2^{99}-1)
AB=9, CD=4  ~  CD = 4, AB = 9
10:30  ~  10:30 \text{ a.m.}
\emptyset  ~  \varnothing
5  ~  5+0i
\log_2 8  ~  3
\frac{x}{2}  ~  0.5x
\binom{5}{2}  ~  10
5!  ~  120
"""

DIFFERENT = r"""
18  ~  19
18  ~  -18
18  ~  180
\frac{\sqrt{7}}{12}  ~  0.22048
1/3  ~  0.33
1/3  ~  0.3333
1.25  ~  1.251
0.1  ~  10\%
2^{-99}  ~  2^{-98}
1-\frac{1}{e}  ~  1+\frac{1}{e}
1-1/e  ~  1+1/e
2^{100}-2  ~  2^{100}
2^{1000}+1  ~  2^{1000}
x^2+1  ~  x^2-1
(x+1)^2  ~  x^2+1
(1,2)  ~  (2,1)
(1,2)  ~  [1,2]
(3,4]  ~  [3,4)
(1,2)  ~  \{1,2\}
\{1,2\}  ~  (1,2)
(1,2)  ~  (1,2,3)
1,2  ~  1,3
1,2  ~  1,2,3
1,2  ~  1
\begin{pmatrix}1\\2\end{pmatrix}  ~  \begin{pmatrix}2\\1\end{pmatrix}
\begin{pmatrix}1\\2\end{pmatrix}  ~  \begin{pmatrix}1&2\end{pmatrix}
52_8  ~  52_9
52_8  ~  42
\text{(C)}  ~  D
C  ~  \text{B}
B  ~  C. Paris
\text{east}  ~  west
\text{even}  ~  odd
x=5  ~  x=6
x=5  ~  y=5
y=2x+3  ~  y=2x-3
x<5  ~  x\le5
x<5  ~  x>5
6-5i  ~  6+5i
\pi  ~  3.14
2\sqrt{3}  ~  3\sqrt{2}
2\pi  ~  2
10^{10}  ~  10^{11}
1000000  ~  1000000.3
9999999  ~  10000000
(0,9) \cup (9,36)  ~  (0,36)
1 \pm \sqrt{19}  ~  1+\sqrt{19}
3\frac12  ~  \frac32
4t  ~  4
\frac{1}{2}  ~  12
1,234  ~  1.234
\frac{x}{2}  ~  \frac{2}{x}
5!  ~  5
0.\overline{3}  ~  0.3
\sqrt{x^2}  ~  x
x+y  ~  x-y
3:4  ~  4:3
"""

UNCLEAR = r"""
5 \text{ cm}  ~  5 \text{ m}
C  ~  12
1,2,\ldots,n  ~  1,3,5,\ldots
5  ~  x+1=5
\text{even}  ~  not even
18  ~  none
2^3^4  ~  5
x'  ~  x
A+a  ~  2a
"""


def pairs(table: str) -> list[tuple[str, str]]:
    lines = (line.split("  ~  ") for line in table.strip().splitlines())
    return [(gold, given) for gold, given in lines]


@pytest.mark.parametrize(("gold", "given"), pairs(SAME))
def test_the_same_answer_in_another_spelling_is_correct(gold: str, given: str):
    assert verify(rf"Therefore \boxed{{{given}}}.", gold).outcome == "correct"


@pytest.mark.parametrize(("gold", "given"), pairs(DIFFERENT))
def test_another_answer_is_incorrect(gold: str, given: str):
    assert verify(rf"Therefore \boxed{{{given}}}.", gold).outcome == "incorrect"


@pytest.mark.parametrize(("gold", "given"), pairs(UNCLEAR))
def test_what_the_rules_cannot_tell_is_never_incorrect(gold: str, given: str):
    verdict = verify(rf"Therefore \boxed{{{given}}}.", gold)
    assert verdict.outcome in ("ambiguous", "unparseable_answer")
    assert verdict.reason


def test_an_equation_answers_when_its_left_side_is_what_was_asked():
    completion = r"so \boxed{(x+y)^2 = 81}"
    assert verify(completion, "81", question="Find $(x + y)^2$.").outcome == "correct"
    assert verify(completion, "81").outcome == "ambiguous"
    assert verify(completion, "80", question="Find $(x + y)^2$.").outcome == "incorrect"


def test_the_tier_says_how_deep_the_verifier_had_to_look():
    tiers = [
        verify(rf"\boxed{{{given}}}", r"\frac{1}{2}").tier
        for given in (r"\frac12", "0.5", r"\sin 30^\circ", r"\int_0^1 x dx")
    ]
    assert tiers == ["string", "exact", "numeric", "symbolic"]
