"""Training: frozen mixtures in, checkpoints that know where they come from out.

One file per stage, thin over TRL: `training/mid.py` with its recipes in `training/recipes/mid/`.
"""
