"""Tokenizers that ship with the factory, by name: `cot-4k` and `world-768` (made by `build`)."""
