r"""How answers of MATH, AIME, OlympiadBench, Gaokao and models are spelt: `gold  ~  given`."""

import pytest

from factory.verifiers.maths import verify

SAME = r"""
025  ~  25
1 \frac{4}{5}  ~  1.8
11,\! 111,\! 111,\! 100  ~  11111111100
\$32,\!348  ~  32348
70 \text{ square inches}  ~  70
5 (\text{mod } 7)  ~  5 \pmod{7}
5 \pmod{7}  ~  x \equiv 5 \pmod 7
5 \pmod{7}  ~  5
\text{all real numbers}  ~  \mathbb{R}
(-\infty, \infty)  ~  \mathbb{R}
0 \text{ and } 1  ~  1, 0
\text{A,C,D}  ~  A, C, D
\text{A,C,D}  ~  A, D, C
(1,2)  ~  x=1, y=2
(1,2)  ~  (x, y) = (1, 2)
x=1, y=2  ~  (1, 2)
-1 或 2  ~  2, -1
x=1或x=2  ~  1, 2
[1, +\infty)  ~  x \ge 1
{x|x>1}  ~  (1, \infty)
\{x|x>1\}  ~  x > 1
f^{-1}(x) = \frac{x-1}{2}  ~  \frac{x-1}{2}
\frac{x-1}{2}  ~  f^{-1}(x) = \frac{1}{2}x - \frac{1}{2}
f'(x) = 2x  ~  2x
2x  ~  \frac{dy}{dx} = 2x
a_n = 2n+1  ~  2n+1
a_{n} = 2n+1  ~  a_n=1+2n
\frac{\pi}{4}+k\pi, k\in\mathbb{Z}  ~  \frac{\pi}{4}+n\pi
\frac{\pi}{4}+k\pi (k\in\mathbb{Z})  ~  \frac{\pi}{4}+n\pi, n \in \mathbb{Z}
\emptyset  ~  no solution
\text{no solution}  ~  \text{No solutions}
\text{no real solutions}  ~  no solution
\text{undefined}  ~  \text{does not exist}
\text{DNE}  ~  does not exist
x^2 + C  ~  x^2 + c
\frac{1}{2}(e^x+e^{-x})  ~  \cosh x
2\operatorname{cis} 60^\circ  ~  1+\sqrt{3}i
2\text{cis}(60^\circ)  ~  2e^{i\pi/3}
i\sqrt{3}  ~  \sqrt{-3}
\begin{pmatrix}1&2\\3&4\end{pmatrix}  ~  [[1,2],[3,4]]
[1,2,3]  ~  [1, 2, 3]
\text{Yes}  ~  \text{Yes, it converges}
True  ~  \text{true}
3\text{ and }1/2  ~  3, 1/2
2^{1009}  ~  2^{1009}
2^{1009}-1  ~  -1+2^{1009}
\lfloor n/2 \rfloor  ~  \left\lfloor \frac{n}{2} \right\rfloor
f(x)=0 \text{ and } f(x)=x  ~  f(x)=x, f(x)=0
n^2+1  ~  n^{2}+1
xy  ~  yx
abc  ~  cba
2ab  ~  2ba
ab  ~  a \cdot b
2(a+b)  ~  2a+2b
(x-2)(x+3)=0  ~  x^2+x-6=0
y-3=2(x-1)  ~  y=2x+1
x^2+y^2=4  ~  x^2 + y^2 - 4 = 0
\frac{x^2}{4}+\frac{y^2}{3}=1  ~  3x^2+4y^2=12
5  ~  5 \text{ units}
5\sqrt{2}\text{ cm}  ~  5\sqrt{2}
5\sqrt{2}  ~  5\sqrt{2} \text{ cm}
5\sqrt{2}  ~  5\sqrt{2} cm
\frac{1}{2}\text{ hour}  ~  0.5
12  ~  The area is 12
12  ~  \text{The answer is } 12
36  ~  6^2
36\pi  ~  36\pi \text{ cubic units}
36\pi  ~  36\pi \approx 113.1
113.1  ~  36\pi
2\sqrt{5}  ~  2\sqrt{5} \text{ units}
(0, -4)  ~  (0,-4)
\left(\frac{3}{5}, \frac{4}{5}\right)  ~  (0.6, 0.8)
1.5 \times 10^{-3}  ~  0.0015
0.0015  ~  1.5e-3
2:3:4  ~  4:6:8
3/4  ~  0.75
\frac{3}{4}  ~  75/100
1000000  ~  1 million
1.2 million  ~  1200000
\$1.2 million  ~  1,200,000
\text{five}  ~  5
25  ~  twenty-five
48  ~  forty-eight
\frac{\sqrt{3}}{2}  ~  sqrt(3)/2
\frac{\sqrt{3}}{2}  ~  sqrt3/2
\frac{\sqrt{3}}{2}  ~  √3/2
\frac{1+\sqrt{5}}{2}  ~  (1+√5)/2
\ln 2  ~  log_e(2)
\log_{10} 5  ~  \lg 5
x \leq 3  ~  x ≤ 3
x > 3 \text{ or } x < -3  ~  (-\infty,-3) \cup (3,\infty)
-3 < x < 3  ~  (-3, 3)
-3 < x < 3  ~  |x| < 3
|x-2|\le 3  ~  [-1,5]
x \ne 0  ~  (-\infty,0)\cup(0,\infty)
\mathbb{R} \setminus \{0\}  ~  x \neq 0
(-\infty,0)\cup(0,\infty)  ~  \mathbb{R}\setminus\{0\}
x \in (1,2)  ~  1<x<2
(1,2)  ~  1<x<2
1/3  ~  \frac{1}{3} \approx 0.333
6  ~  6 \text{ ways}
\text{June 20}  ~  June 20
20\%  ~  20 \%
0.2  ~  .2
3x+2  ~  3x + 2.
-x^2+4  ~  4-x^2
\frac{3}{x}  ~  3x^{-1}
\frac{a+b}{c}  ~  (a+b)/c
\sqrt{x}  ~  x^{1/2}
e^{2x}  ~  \exp(2x)
\sin^2\theta  ~  (\sin \theta)^2
\tan\theta  ~  \frac{\sin\theta}{\cos\theta}
\pi r^2  ~  r^2 \pi
\frac{4}{3}\pi r^3  ~  \frac{4\pi r^3}{3}
\vec{v} = (1,2)  ~  \langle 1,2\rangle
10!  ~  3628800
\binom{n}{k}  ~  \frac{n!}{k!(n-k)!}
C_n^2  ~  \frac{n(n-1)}{2}
2n  ~  2 n
1,2,3  ~  1; 2; 3
(1,2),(3,4)  ~  (3,4), (1,2)
\{(1,2),(3,4)\}  ~  (1,2),(3,4)
①③  ~  ①③
4  ~  4\ \Omega
60  ~  60\,\mathrm{km/h}
9.8  ~  9.8\,\mathrm{m/s^2}
9.8\text{ m/s}^2  ~  9.8 m/s^2
3.0\times10^8\text{ m/s}  ~  3 \times 10^8
45  ~  45^{\circ}
45^\circ  ~  \frac{\pi}{4}
1+2i  ~  2i+1
4  ~  x_1 = 4
\frac{5}{12}  ~  P(A) = \frac{5}{12}
\frac{5}{12}  ~  P = 5/12
7  ~  n_{min} = 7
7  ~  \max = 7
7  ~  \text{Maximum} = 7
7  ~  |AB| = 7
7  ~  S_{\triangle ABC} = 7
100  ~  100\text{ cm}^2
13  ~  \sqrt{169}
p - q  ~  -q+p
3  ~  3.000
1\text{ or }2  ~  2\text{ or }1
8\text{ and }9  ~  8,9
5  ~  \textcolor{blue}{5}
5  ~  \mathbf{5}
5  ~  \fbox{5}
\left[0,\frac{\pi}{2}\right]  ~  [0, π/2]
\frac12  ~  \nicefrac{1}{2}
\frac12  ~  \sfrac{1}{2}
x=2,y=3,z=4  ~  (2,3,4)
-5  ~  - 5
-5  ~  (-5)
3\sqrt{2}-2  ~  -2+3\sqrt{2}
2 \times 3 \times 5  ~  30
2^2 \cdot 3  ~  12
4 \frac{1}{2}  ~  9/2
2+\frac{1}{3}  ~  2\frac{1}{3}
16\frac{2}{3}\%  ~  \frac{50}{3}
\infty  ~  +\infty
-\infty  ~  −∞
0.333...  ~  1/3
3.14159...  ~  3.14159
B  ~  \text{(B) } 12
\text{B}  ~  \mathbf{B}
1  ~  \dfrac{2}{2}
2x^2  ~  2x²
2 \sqrt[3]{3}  ~  2\cdot 3^{1/3}
24  ~  4!
y=\pm 2x  ~  y = 2x, y=-2x
\frac{x+1}{2}  ~  0.5x+0.5
1 - p  ~  1-p
\sum_{k=1}^n k^2  ~  \frac{n(n+1)(2n+1)}{6}
F_{n+1}  ~  F_{n+1}
5\cdot 3^n  ~  5*3^n
1:2  ~  \frac12
\frac12  ~  1:2
36  ~  \boxed{36}
3^{2n}  ~  9^n
12,13  ~  12 \text{ and } 13
1,234  ~  1234
3,456.7  ~  3456.7
0.5  ~  \frac{1}{2}\text{ or }0.5
\frac{1}{1-x}  ~  -\frac{1}{x-1}
\text{Thursday}  ~  Thursday.
17\text{ cm}  ~  17 cm
17  ~  17\text{cm}^2
2.5\text{ hours}  ~  2\frac12 \text{ hours}
\frac{7}{2}\text{ m}  ~  3.5m
5  ~  \approx 5
\frac{\pi}{6}, \frac{5\pi}{6}  ~  30^\circ, 150^\circ
90  ~  90^\circ\text{C}
12  ~  12 \text{ cm}^{3}
32{,}000  ~  32,000
-2<x\leq 5  ~  (-2,5]
(2,\infty)  ~  x>2
2x-3y+1=0  ~  y=\frac{2x+1}{3}
"""

DIFFERENT = r"""
5  ~  5 \pmod 7 + 1
\text{A,C,D}  ~  A, C
(1,2)  ~  x=2, y=1
\frac{\pi}{4}+k\pi, k\in\mathbb{Z}  ~  \frac{\pi}{4}+2n\pi
5 \pmod 7  ~  5 \pmod 8
-3 < x < 3  ~  (-3, 3]
|x-2|\le 3  ~  (-1,5)
45^\circ  ~  \frac{\pi}{3}
2:3:4  ~  2:4:3
\text{Yes}  ~  \text{No, yes would be wrong}
xy  ~  x+y
2ab  ~  2a+b
\{(1,2),(3,4)\}  ~  \{(2,1),(3,4)\}
25  ~  twenty-four
x^2+y^2=4  ~  x^2+y^2=2
\frac{x^2}{4}+\frac{y^2}{3}=1  ~  4x^2+3y^2=12
y-3=2(x-1)  ~  y=2x-1
1/2  ~  2:1
4:30 \text{ p.m.}  ~  4:30 a.m.
10:30  ~  10:31
F_{n+1}  ~  F_{n}
2^{1009}  ~  2^{1010}
\sum_{k=1}^n k^2  ~  \sum_{k=1}^n k
0.\overline{25}  ~  0.25
3\frac{1}{2}  ~  \frac{3}{2}
\infty  ~  -\infty
\text{Thursday}  ~  Tuesday
36\pi  ~  36
36\pi  ~  113.1
36  ~  36\pi
e^2  ~  7.389
120  ~  12
B  ~  \text{(D) } 12
x \in (1,2)  ~  1<x<3
3x+2  ~  3y+2
\log_2 3  ~  \log_3 2
1,2  ~  1
12  ~  1,2
a_n=2n+1  ~  a_n=2n-1
\begin{pmatrix}1&2\\3&4\end{pmatrix}  ~  [[1,3],[2,4]]
0.2  ~  2
\frac{1}{2}  ~  \frac{1}{2}, \frac{1}{3}
2\sqrt{5}  ~  2\sqrt{5} \text{ or } 3
5  ~  5 + x
5  ~  5x
\emptyset  ~  0
\sqrt{x}  ~  x^2
[1,2]  ~  (1,2)
x\ge 1  ~  x > 1
1000  ~  1,00
5  ~  5, 6
\text{no solution}  ~  0
x > 3  ~  y > 3
x \ge 3  ~  x > 3
ABD  ~  A, B
ABD  ~  ABC
\frac{7}{3}  ~  2.33
\sqrt{2}  ~  1.4142
0.1  ~  10^{-2}
1:\sqrt{2}  ~  \sqrt{2} : 1
\text{Paris}  ~  London
y^2=4x  ~  x^2=4y
y=2x  ~  y=3x
\text{no}  ~  Yes
"""


def pairs(table: str) -> list[list[str]]:
    return [line.split("  ~  ") for line in table.strip().splitlines()]


@pytest.mark.parametrize(("gold", "given"), pairs(SAME))
def test_one_answer_in_two_spellings_is_correct(gold: str, given: str):
    assert verify(rf"So \boxed{{{given}}}.", gold).outcome == "correct"


@pytest.mark.parametrize(("gold", "given"), pairs(DIFFERENT))
def test_a_different_answer_is_never_correct(gold: str, given: str):
    assert verify(rf"So \boxed{{{given}}}.", gold).outcome != "correct"


@pytest.mark.parametrize("gold", sorted({gold for gold, _ in [*pairs(SAME), *pairs(DIFFERENT)]}))
def test_every_gold_accepts_itself(gold: str):
    assert verify(rf"So \boxed{{{gold}}}.", gold).outcome == "correct"
