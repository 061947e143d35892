"""How one sign of mathematics is spelled in LaTeX, Unicode and plain text: data, no code.

`COMMANDS` gives LaTeX commands their plain sign; `SIGNS` gives Unicode characters the LaTeX that
the reader then reads. What is not here stands for itself.
"""

# A command and the sign it is another spelling of.
COMMANDS = {
    "*": "times cdot ast star",
    "/": "div over",
    "<=": "le leq leqslant leqq",
    ">=": "ge geq geqslant geqq",
    "!=": "ne neq",
    "<": "lt",
    ">": "gt",
    "=": "eq",
    "|": "mid vert lvert rvert",
    "~": "sim",
    "->": "to rightarrow longrightarrow",
    "=>": "implies Rightarrow Longrightarrow",
    "in": "in",
    "-set": "setminus backslash",
    "empty": "emptyset varnothing",
    "cong": "cong equiv",
    "approx": "approx",
    "%": "percent",
    "-": "minus",
    "+": "plus",
}

# Commands that change the look only.
LOOKS = """
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle
    displaystyle textstyle scriptstyle limits nolimits quad qquad thinspace enspace space
    mathbf boldsymbol mathbb mathcal mathfrak mathit mathsf bm bf it rm em sf tt
    noindent newline par item hline centering small large Large normalsize footnotesize
    ldots dots cdots dotsc dotsb vdots ddots boxed fbox phantom underline smallskip medskip bigskip
    nbsp quot amp apos hfill nonumber notag allowbreak
"""

# Commands whose argument is ordinary text.
TEXTS = "text textrm textbf textit texttt textsf textnormal mathrm mbox hbox operatorname emph"

# Commands whose argument says how to print.
SKIPPED = "label tag hspace vspace color textcolor hskip vskip includegraphics ref eqref"

# Commands that take their argument like a function; the sign stands before it.
ROOTS = "sqrt"
FRACTIONS = "frac dfrac tfrac cfrac"
CHOICES = "binom dbinom tbinom"
ENVIRONMENTS = "begin end"

# Commands that are words of the language.
WORDS = "triangle angle square parallel perp degree deg measuredangle sphericalangle"

GREEK = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
    rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi
    Psi Omega ell infty
"""

# Function names that need no backslash.
FUNCTIONS = """
    sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln lg exp lim max min sup inf
    gcd lcm mod det
"""

SIGNS = {
    "×": r"\times ", "⋅": r"\cdot ", "·": r"\cdot ", "∙": r"\cdot ", "∗": "*", "÷": "/",
    "∕": "/", "⁄": "/", "−": "-", "–": "-", "‐": "-", "‑": "-", "‒": "-", "—": " ", "―": " ",
    "≤": r"\le ", "≥": r"\ge ", "⩽": r"\le ", "⩾": r"\ge ", "≠": r"\ne ", "≈": r"\approx ",
    "≡": r"\equiv ", "≅": r"\cong ", "∼": r"\sim ", "±": r"\pm ", "∓": r"\mp ",
    "√": r"\sqrt ", "∛": r"\sqrt[3]", "∞": r"\infty ", "∈": r"\in ", "∉": r"\notin ",
    "∪": r"\cup ", "∩": r"\cap ", "⊂": r"\subset ", "⊆": r"\subseteq ", "∅": r"\emptyset ",
    "∑": r"\sum ", "∏": r"\prod ", "∫": r"\int ", "∂": r"\partial ", "∇": r"\nabla ",
    "→": r"\to ", "⇒": r"\implies ", "↦": r"\mapsto ", "⌊": r"\lfloor ", "⌋": r"\rfloor ",
    "⌈": r"\lceil ", "⌉": r"\rceil ", "∠": r"\angle ", "△": r"\triangle ", "⊥": r"\perp ",
    "∥": r"\parallel ", "∣": "|", "°": r"^\circ ", "º": r"^\circ ", "∘": r"\circ ",
    "′": "'", "″": "''", "‘": "'", "’": "'", "ʼ": "'", "“": " ", "”": " ", "«": " ", "»": " ",
    "…": " ", "⋯": " ", "•": " ", "◦": " ", "€": " euro ", "£": " pound ", "¥": " yen ",
    "¢": " cent ", "⟨": r"\langle ", "⟩": r"\rangle ", "∧": r"\wedge ", "∨": r"\vee ",
    "ℓ": r"\ell ", "ℝ": "R", "ℤ": "Z", "ℕ": "N", "ℚ": "Q", "ℂ": "C", "\u2028": "\n", "\u2029": "\n",
}  # fmt: skip

# The names of Greek letters in Unicode are those of LaTeX, but for these.
GREEK_SIGNS = {
    "ς": "sigma", "ϵ": "epsilon", "ε": "epsilon", "ϕ": "phi", "φ": "phi", "ϑ": "theta",
    "λ": "lambda", "Λ": "Lambda", "Ω": "Omega", "∆": "Delta", "µ": "mu",
}  # fmt: skip
