r"""The embedded world: maths problems and a teacher that solves them, with no key, GPU or network.

It exists so that the whole line runs anywhere: tests, demos, and the training ladder on a tiny
model. `problems` sets problems whose answers were found twice; `solve` is the teacher: it reads a
statement and writes worked, varied steps by exact computation, ending in `\boxed{...}`, and above
temperature 0 it makes the mistakes people make.

It is not a teacher of reasoning. It knows a handful of families, recognises them by their wording
and fills in templates; it adds no knowledge to the world and never stands in for a teacher model.
A model trained on it learns its templates, and a pass rate on it says that the line works, not that
a model reasons.

    for problem in problems(count=35, seed=0): ...
    solve(problem.statement, seed=1, temperature=0.7, max_tokens=1024)

A family is one file in `families/`, found by its name.
"""

from factory.world.families import recognise
from factory.world.setter import Dropped, WorldProblem, cells, problems
from factory.world.solver import Written, solve

__all__ = ["Dropped", "WorldProblem", "Written", "cells", "problems", "recognise", "solve"]
