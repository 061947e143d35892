"""The names and brackets that the reader knows."""

import re

FUNCTIONS = frozenset(
    [
        "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "sinh", "cosh",
        "tanh", "exp", "ln", "log", "lg", "cis", "tg", "ctg", "cotg", "arctg",
    ]
)  # fmt: skip
ALIASES = {"tg": "tan", "ctg": "cot", "cotg": "cot", "arctg": "arctan"}
INVERSES = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
GREEK = frozenset(
    [
        "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "kappa",
        "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "phi", "varphi", "chi", "psi", "omega",
        "Delta", "Gamma", "Omega", "Lambda", "Phi", "Theta", "Sigma", "ell",
    ]
)  # fmt: skip
CLOSERS = {"(": ")", "[": "]", "{": "}", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil"}
CLOSERS |= {"\\lvert": "\\rvert", "|": "|", "\\vert": "\\vert"}
APPLIED = frozenset("fghFGHP")  # f(x) is not a product
PAIRED = {
    "|": "abs", "\\lvert": "abs", "\\vert": "abs", "\\lfloor": "floor", "\\lceil": "ceil",
}  # fmt: skip
TOKEN = re.compile(r" ?(\d+(?:\.\d*)?|\.\d+|\\[a-zA-Z]+|\\.|[a-zA-Z]|[^ ])", re.DOTALL)
WORDS = re.compile(
    r"(?<![\\a-zA-Z])(arcsin|arccos|arctan|sinh|cosh|tanh|exp|sec|csc|cot|cis)(?![a-z])"
)
