r"""Canonical text -> a small tree, or Unreadable: numbers, letters, operators, LaTeX commands.

A tree is a tuple: ("number", Fraction), ("letter", name), or (operator, tree, ...). Juxtaposition
is a product; a function without brackets takes the product that follows, up to the next function.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from factory.verifiers.maths.numeric.complexes import Unreadable, height, proper
from factory.verifiers.maths.numeric.names import (
    ALIASES,
    APPLIED,
    CLOSERS,
    FUNCTIONS,
    GREEK,
    INVERSES,
    PAIRED,
    TOKEN,
    WORDS,
)

MAX_TOKENS = 400
MAX_DEPTH = 120  # brackets count three
MAX_HEIGHT = 100  # a long sum is a tall tree
Tree = tuple[Any, ...]
ONE: Tree = ("number", Fraction(1))


@lru_cache(maxsize=20_000)
def read(text: str) -> Tree:
    """The tree of one expression."""
    if len(text) > 4 * MAX_TOKENS:
        raise Unreadable
    tokens = TOKEN.findall(WORDS.sub(r"\\\1 ", text))
    if not tokens or len(tokens) > MAX_TOKENS:
        raise Unreadable
    reader = _Reader(tokens)
    tree = reader.sum()
    if reader.at < len(tokens) or height(tree) > MAX_HEIGHT:
        raise Unreadable
    return tree


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = [*tokens, "", ""]
        self.at = self.depth = 0
        self.bars = 0  # open |, whose closer must not be read as an opener

    @property
    def next(self) -> str:
        return self.tokens[self.at]

    def take(self, token: str) -> bool:
        found = self.tokens[self.at] == token != ""
        self.at += found
        return found

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise Unreadable

    def sum(self) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable
        tree = self.product()
        while self.next in ("+", "-"):
            sign = self.next
            self.at += 1
            tree = (sign, tree, self.product())
        self.depth -= 1
        return tree

    def product(self) -> Tree:
        tree = self.factor()
        while True:
            if self.take("\\cdot"):
                tree = ("*", tree, self.factor())
            elif self.take("/"):
                tree = ("/", tree, self.factor())
            elif self.starts():
                tree = self.juxtaposed(tree)
            else:
                return tree

    def juxtaposed(self, left: Tree) -> Tree:
        """A product without a sign; two numbers side by side are only read as a mixed number."""
        before = self.tokens[self.at - 1]
        if (self.next[0].isdigit() or self.next[0] == ".") and before not in ("}", ")", "i"):
            raise Unreadable
        fraction = self.next == "\\frac"
        right = self.power()
        if fraction and before.isdigit() and proper(right):
            if left[0] == "number":
                return ("+", left, right)
            if left[0] == "negative" and left[1][0] == "number":
                return ("negative", ("+", left[1], right))
            raise Unreadable
        return ("*", left, right)

    def starts(self) -> bool:
        """Whether the next token begins a factor."""
        token = self.next
        if token in ("", "|", "\\vert"):
            return token != "" and not self.bars
        if token[0] == "\\" and len(token) > 2:
            return (
                token[1:] in _READERS
                or token[1:] in FUNCTIONS
                or token[1:] in GREEK
                or token == "\\lvert"
                or token in CLOSERS
            )
        return (
            (token[0].isalnum() and token.isascii())
            or token in ("(", "[", "{", ".")
            or token[0] == "."
        )

    def factor(self) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable
        if self.take("-"):
            tree: Tree = ("negative", self.factor())
        elif self.take("+"):
            tree = self.factor()
        else:
            tree = self.power()
        self.depth -= 1
        return tree

    def power(self) -> Tree:
        tree = self.atom()
        while True:
            if self.take("!"):
                if self.next == "!":
                    raise Unreadable
                tree = ("factorial", tree)
            elif self.next == "^":
                tree = self.raised(tree)
            else:
                return tree

    def raised(self, tree: Tree) -> Tree:
        self.expect("^")
        degrees = 3 if self.tokens[self.at : self.at + 3] == ["{", "\\circ", "}"] else 0
        if degrees or self.next == "\\circ":
            self.at += degrees or 1
            return ("degrees", tree)
        if self.next in ("'", "\\prime", "T", "\\top"):
            raise Unreadable
        raised = ("^", tree, self.exponent())
        if self.next == "^":
            raise Unreadable
        return raised

    def exponent(self) -> Tree:
        return ("negative", self.atom()) if self.take("-") else self.atom()

    def atom(self) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable
        tree = self.simple()
        self.depth -= 1
        return tree

    def simple(self) -> Tree:
        token = self.next
        self.at += 1
        if token and (token[0].isdigit() or (token[0] == "." and len(token) > 1)):
            return ("number", Fraction(token))
        if token in CLOSERS:
            return self.group(token)
        if len(token) == 1 and token.isalpha() and token.isascii():
            return self.letter(token)
        name = token[1:]
        if token[:1] != "\\":
            raise Unreadable
        if name in FUNCTIONS:
            return self.function(ALIASES.get(name, name))
        if name in _READERS:
            return _READERS[name](self)
        if name in GREEK and not (name in ("Gamma", "zeta") and self.next == "("):
            return self.letter(token)
        raise Unreadable

    def group(self, opener: str) -> Tree:
        bar = opener in ("|", "\\vert")
        self.bars, outer = (1 if bar else 0), self.bars
        tree = self.sum()
        if opener == "{" and self.next in ("\\over", "\\choose"):
            self.at += 1
            kind = "/" if self.tokens[self.at - 1] == "\\over" else "binomial"
            tree = (kind, tree, self.sum())
        self.expect(CLOSERS[opener])
        self.bars = outer
        return (PAIRED[opener], tree) if opener in PAIRED else tree

    def letter(self, name: str) -> Tree:
        if self.take("_"):
            if self.take("{"):
                start = self.at
                while self.next and self.next not in "{}":
                    self.at += 1
                name += "_" + "".join(self.tokens[start : self.at])
                self.expect("}")
            else:
                name += "_" + self.next
                self.at += 1
        while len(name) < 30 and self.next == "'":  # a derivative is a letter of its own
            name += self.next
            self.at += 1
        inside = self.tokens[self.at : self.at + 3]
        if inside[0] == "(" and inside[-1] == ")" and inside[1].isdigit() and name not in "ei":
            raise Unreadable  # f(2) is no product, whatever the letter
        if self.next == "\\prime" or ((name in APPLIED or "'" in name) and self.next == "("):
            raise Unreadable
        return ("letter", name)

    def function(self, name: str) -> Tree:
        exponent = base = None
        if self.take("_"):
            base = self.atom()
        if self.take("^"):
            exponent = self.exponent()
        if exponent == ("negative", ONE):
            if name not in INVERSES:
                raise Unreadable
            name, exponent = INVERSES[name], None
        argument = self.argument()
        if base is not None and name != "log":
            raise Unreadable
        tree: Tree = (name, argument) if base is None else ("log", argument, base)
        return ("^", tree, exponent) if exponent else tree

    def argument(self) -> Tree:
        """What a function is applied to: one bracket, or the product up to the next function."""
        if self.next in ("(", "{", "["):
            return self.atom()
        if self.take("-"):
            return ("negative", self.argument())
        tree = self.power()
        while self.starts() and self.next[1:] not in FUNCTIONS and self.next not in ("|", "\\vert"):
            tree = self.juxtaposed(tree)
        return tree

    def braced(self) -> Tree:
        if len(self.next) > 1 and self.next.isdigit():
            raise Unreadable
        return self.atom()

    def fraction(self) -> Tree:
        return ("/", self.braced(), self.braced())

    def root(self) -> Tree:
        index = None
        if self.take("["):
            index = self.sum()
            self.expect("]")
        if len(self.next) > 1 and self.next.isdigit():  # of a radical sign: LaTeX would need braces
            return ("root", self.atom(), *((index,) if index else ()))
        inside = self.braced()
        return ("root", inside, index) if index else ("root", inside)

    def series(self, kind: str) -> Tree:
        """\\sum_{k=1}^{n} term: the letter is bound inside."""
        self.expect("_")
        self.expect("{")
        letter = self.atom()
        self.expect("=")
        low = self.sum()
        self.expect("}")
        self.expect("^")
        high = self.atom()
        if letter[0] != "letter":
            raise Unreadable
        return (kind, letter[1], low, high, self.product())


_READERS: dict[str, Callable[[_Reader], Tree]] = {
    "frac": _Reader.fraction,
    **dict.fromkeys(
        ("binom", "dbinom", "tbinom"), lambda reader: ("binomial", reader.braced(), reader.braced())
    ),
    "sqrt": _Reader.root,
    "pi": lambda _: ("pi",),
    "sum": lambda reader: reader.series("sum"),
    "prod": lambda reader: reader.series("product"),
}
