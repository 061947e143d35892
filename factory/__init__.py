"""The factory: maths problems in, verified, deduplicated, tagged rollouts and frozen mixtures out."""

__version__ = "0.1.0"
