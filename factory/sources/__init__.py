"""Sources: one file each, found by name.

`read(recipe)` yields (row number, raw row or Unfit); `parse(raw, recipe)` gives a
`schemas.exchange.SourceRow` or raises `Unfit` with the reason. `NAME` and `LICENSE` where fixed.
"""
