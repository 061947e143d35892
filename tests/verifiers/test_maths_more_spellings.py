r"""More answers as they are really spelt, and the sentences they come in: `gold  ~  given`."""

import pytest

from factory.verifiers.maths import verify

SAME = r"""
\{1\} \cup \{2\}  ~  \{1,2\}
]0, 5[  ~  (0,5)
\frac{1}{-2}  ~  -\frac12
a^{b+c}  ~  a^b a^c
1.0e5  ~  100000
5 > x  ~  x < 5
x=-1\text{ and }x=2  ~  x=2, x=-1
25^\circ C  ~  25
25°C  ~  25
77^{\circ}F  ~  77
77^\circ\text{F}  ~  77 °F
21  ~  21^{\text{st}}
4\text{th}  ~  4
4th  ~  4
4  ~  4^{th}
\frac 1 2  ~  0.5
\frac1{12}  ~  \frac{1}{12}
\frac{1}2  ~  1/2
e^x  ~  \exp{x}
e^x  ~  \mathrm{e}^{x}
\text{I and III}  ~  I, III
\text{I, II}  ~  I and II
ABD  ~  A, B, D
A, B, D  ~  ABD
ABD  ~  \text{A, B, and D}
(b)  ~  b
(b)  ~  (B)
\sin x \cos x  ~  \frac{1}{2}\sin 2x
3\hat{i}+4\hat{j}  ~  4\hat{j}+3\hat{i}
x^2+y^2+z^2=1  ~  1 = x^2+y^2+z^2
2x+3y=6  ~  y = 2 - \frac{2}{3}x
y=x^2-4x+3  ~  y=(x-1)(x-3)
y=x^2-4x+3  ~  (x-2)^2-1
(x-1)(x-3)  ~  x^2-4x+3
-x^2-y^2  ~  -(x^2+y^2)
\frac{x}{y}  ~  x/y
x/2y  ~  \frac{x}{2}y
2\pi r  ~  2πr
\sqrt{a^2+b^2}  ~  (a^2+b^2)^{1/2}
n!  ~  n!
(n+1)!  ~  (n+1)n!
\binom{2n}{n}  ~  \frac{(2n)!}{(n!)^2}
2^{n+1}  ~  2\cdot 2^n
\frac{3^{n}-1}{2}  ~  \frac12(3^n-1)
\frac{1}{n(n+1)}  ~  \frac1n - \frac1{n+1}
x \equiv 3 \pmod 5  ~  3 \pmod 5
10:15 \text{ AM}  ~  10:15am
10:15  ~  10:15 AM
12 noon  ~  12 noon
100\text{ m}^2  ~  100 m^2
100  ~  100\text{ m}^2
15 \text{ m/s}  ~  15\,\text{m}\,\text{s}^{-1}
15 \text{ m/s}  ~  15\ \mathrm{m \cdot s^{-1}}
6.67 \times 10^{-11}  ~  6.67\times10^{-11}\ \mathrm{N\,m^2/kg^2}
0.25  ~  25 \times 10^{-2}
\$5  ~  5
\$5.00  ~  \$5
5  ~  \$5
\$1{,}234.50  ~  1234.5
500  ~  Rs. 500
1,2,3,4  ~  \{1,2,3,4\}
\{1,2,3,4\}  ~  1,2,3,4
(1,2),(2,1)  ~  \{(1,2),(2,1)\}
(a,b)=(3,4)  ~  (3,4)
(3,4)  ~  a=3,b=4
a=3,b=4  ~  b = 4, a = 3
\text{True}  ~  True.
True  ~  \text{True}
1  ~  1.
-1  ~  −1
\frac{11}{2}  ~  5.5
5.5  ~  \frac{11}{2}
5.50  ~  5\frac{1}{2}
2.33  ~  \frac{7}{3}
\frac{7}{3}  ~  2.333333
3.1415926  ~  \pi
\sqrt{2}  ~  1.41421356
1.414  ~  \sqrt{2}
0.1  ~  10^{-1}
3\cdot 10^5  ~  300000
300000  ~  3 × 10^5
x=3  ~  \{3\}
\{3\}  ~  3
(3)  ~  3
\left(\frac{1}{2}\right)^{10}  ~  \frac{1}{1024}
2^{-10}  ~  \frac{1}{1024}
\frac{1}{2^{10}}  ~  2^{-10}
\cos\frac{\pi}{3}  ~  \frac12
\tan 45^\circ  ~  1
\sin(30^\circ)  ~  0.5
\arcsin\frac{1}{2}  ~  \frac{\pi}{6}
2\arctan(1/2)  ~  2\tan^{-1}\frac12
\log_2(8)  ~  3
\ln e  ~  1
\log_{10} 1000  ~  3
i^2  ~  -1
(1+i)^2  ~  2i
\frac{1}{1+i}  ~  \frac{1-i}{2}
|3+4i|  ~  5
\begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix}  ~  \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}
\begin{pmatrix} 1 \\ 2 \end{pmatrix}  ~  \left[\begin{array}{c}1\\2\end{array}\right]
\infty  ~  infinity
\text{infinitely many}  ~  infinitely many
8\%  ~  8 percent
8  ~  8\%
3:2  ~  3/2
3x  ~  3*x
\alpha + \beta  ~  \beta + \alpha
k=4  ~  4
\frac{a}{a+b}  ~  \frac{1}{1+\frac{b}{a}}
\frac{1}{2}at^2  ~  \frac{at^2}{2}
mgh  ~  m g h
1000  ~  10^3
2,000  ~  2000.00
\frac{5}{3}\text{ hours}  ~  1\frac{2}{3}
42  ~  \textbf{42}
42  ~  \text{42 students}
42  ~  42 students in total
42  ~  forty two
0  ~  zero
\text{ten}  ~  10
1 \frac{1}{2}  ~  1.5
x = \frac{1}{2}  ~  0.5
\sqrt{3} : 1  ~  \sqrt{3}:1
1:\sqrt{2}  ~  1 : \sqrt2
\text{(D)}  ~  \text{D}
D  ~  \boxed{D}
\text{Paris}  ~  Paris
2 + 2\sqrt{3}  ~  2(1+\sqrt{3})
[2, \infty)  ~  [2, +∞)
(-\infty, 2]  ~  x \le 2
(-\infty, 2] \cup \{5\}  ~  \{5\} \cup (-\infty, 2]
0<x<1 \text{ or } x>1  ~  (0,1)\cup(1,\infty)
a > 2  ~  (2, \infty)
a \in (2, \infty)  ~  a > 2
f(x)=2x+1  ~  2x+1
f(x) = 2x+1  ~  y=2x+1
y^2 = 4x  ~  x = \frac{y^2}{4}
4x - y^2 = 0  ~  y^2=4x
3^{\circ}  ~  3
n = 2k+1  ~  2k+1
\frac{n^2(n+1)^2}{4}  ~  \left(\frac{n(n+1)}{2}\right)^2
5050  ~  \frac{100\times101}{2}
2024  ~  2024.
\text{no}  ~  No
\text{none}  ~  None
\varnothing  ~  \{\}
\emptyset  ~  ∅
"""

CONCLUSIONS = [
    ("The answer is \\(5\\).", "5"),
    ("The answer is **5**.", "5"),
    ("the answer is: $$5$$", "5"),
    ("Therefore the answer is option (C).", "C"),
    ("The correct option is (B).", "B"),
    ("<think>a</think><answer> \\boxed{5} </answer>", "5"),
    ("<answer>5</answer>", "5"),
    ("## Answer\n\n5", "5"),
    ("The answer is therefore 5.", "5"),
    ("The answer is 5!", "5"),
    ("故选：B．", "B"),
    ("答案为$\\frac12$。", "0.5"),
    ("因此答案是5", "5"),
    ("\\boxed 5", "5"),
    ("So the answer is $\\frac{1}{2}$ meters.", "\\frac12"),
]


@pytest.mark.parametrize(
    ("gold", "given"), [line.split("  ~  ") for line in SAME.split("\n")[1:-1]]
)
def test_one_answer_in_two_spellings_is_correct(gold: str, given: str):
    assert verify(rf"So \boxed{{{given}}}.", gold).outcome == "correct"


@pytest.mark.parametrize(("completion", "gold"), CONCLUSIONS)
def test_the_sentence_that_concludes_is_found(completion: str, gold: str):
    assert verify(completion, gold).outcome == "correct"
