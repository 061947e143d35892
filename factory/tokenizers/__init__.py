"""Tokenizers that ship with the factory, by name: `cot-4k` (made by `build`)."""
