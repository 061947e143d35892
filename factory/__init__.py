"""The factory: maths problems in; verified, deduplicated, tagged rollouts and mixtures out."""

__version__ = "0.1.0"
