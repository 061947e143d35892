r"""Different answers that a lenient rule takes for one: what reviewers got past the verifier."""

import pytest

from factory.verifiers.maths import verify

TRAPS = r"""
k+5  ~  k
2k  ~  2k+2
14k  ~  -14k
k, k+1, k+2  ~  k
(k,k+1)  ~  (k+1,k+2)
2n+1, n\in\mathbb{N}^*  ~  2n-1, n\in\mathbb{N}^*
n, n\in\mathbb{N}  ~  -n, n\in\mathbb{N}
\frac{\pi}{2}+n\pi, n\in\mathbb{N}  ~  \frac{\pi}{2}-n\pi, n\in\mathbb{N}
1 m^2  ~  100 cm^2
1 m^3  ~  100 cm^3
1 square meter  ~  100 square centimeters
3 square feet  ~  36 square inches
10 m  ~  10 m^2
10 m/s  ~  10 m/s^2
60 km/h  ~  60 m/s
1 atm  ~  1 Pa
5  ~  \text{Twice the answer is 5}
5  ~  \text{The answer plus 1 is 5}
5  ~  \text{It's false that the answer is 5}
5  ~  \text{Two solutions, one is 5}
5  ~  \text{The answer is 4 and the number of cats is 5}
5  ~  \text{There is no solution, the value is 5}
3  ~  \text{Alice is 5 years old, Bob is 3}
\text{Alice}  ~  \text{Alice always loses}
\text{Alice}  ~  \text{Alice can't win}
\text{Alice}  ~  \text{Alice gets beaten by Bob}
\text{Alice}  ~  \text{Alice is the loser}
\text{Alice}  ~  \text{Alice wins unless Bob plays}
\text{Alice}  ~  \text{Alice wins and Bob wins}
\text{Monday}  ~  \text{Monday is the wrong day}
\text{He is here}  ~  \text{She is here}
\text{Yes}  ~  \text{Yes, false}
\text{Yes}  ~  \text{Yes is wrong}
\text{True}  ~  \text{True, it can't}
\frac{dV}{dt}  ~  \frac{dV}{dr}
\frac{dy}{dt}  ~  \frac{dy}{dx}
\frac{dV}{dt}=3  ~  \frac{dV}{dr}=3
\frac{d^2y}{dx^2}  ~  \frac{d^2y}{dt^2}
n^2+O(n)  ~  n^2+O(1)
n+O(n^2)  ~  n
x+1, x\ne3  ~  x+1, x\neq2
x^2 \text{ for all } x  ~  x^2 \text{ for some } x
\frac12CV^2  ~  CV^2
Q=CV  ~  Q=2CV
Cn  ~  2Cn
Ct+x  ~  2Ct+x
Ax+By  ~  2Ax-By
x^2+C  ~  x^2+|C|
i+j+7  ~  (8,8)
i^2+j^2  ~  (1,1)
i(j+1)+j  ~  (1,1)
\begin{cases}10^{-40}&x>0\\0&x\le0\end{cases}  ~  0
\begin{cases}1&x>0\\2&t<0\end{cases}  ~  \begin{cases}1&x>0\\2&x<0\end{cases}
\text{May 3}  ~  \text{mayor 3}
\text{March 3}  ~  \text{marbles 3}
\text{4 July}  ~  \text{4 June}
\{x\in\mathbb{Z}\mid 1<y<4\}  ~  \{2,3\}
A\begin{pmatrix}1\\2\end{pmatrix}  ~  \begin{pmatrix}1\\2\end{pmatrix}
BAC  ~  ABC
FACE  ~  CAFE
A=(1,2),B=(3,4)  ~  A=(3,4),B=(1,2)
f(2)=3  ~  f(3)=3
x>3, y>3  ~  x>3
\frac{dx}{dt}  ~  \frac{dx}{ds}
2ij+j  ~  (2,3)
5 m^2  ~  5 m^3
"""
SAME = r"""
1 m^2  ~  10000 cm^2
3 square feet  ~  432 square inches
July 4  ~  4 July
July 4, 1776  ~  1776-07-04
\dot{x}  ~  \frac{dx}{dt}
y'  ~  \frac{dy}{dx}
2 h  ~  120 min
2 \text{ h } 30 \text{ min}  ~  150 min
x=\frac{\pi}{4}+k\pi, k\in\mathbb{Z}  ~  x=\frac{5\pi}{4}+n\pi
3i-2j  ~  (3,-2)
12\text{ square units}  ~  12 \text{ cm}^2
2A_{16}  ~  0x2A
BD  ~  \text{D and B}
A=(1,2), B=(3,4)  ~  B=(3,4), A=(1,2)
"""


def pairs(table: str) -> list[tuple[str, ...]]:
    return [tuple(line.split("  ~  ")) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("gold", "given"), pairs(TRAPS))
def test_a_different_answer_is_never_correct(gold: str, given: str) -> None:
    assert verify(rf"\boxed{{{given}}}", gold).outcome != "correct"


@pytest.mark.parametrize(("gold", "given"), pairs(SAME))
def test_the_same_answer_still_is(gold: str, given: str) -> None:
    assert verify(rf"\boxed{{{given}}}", gold).outcome == "correct"
