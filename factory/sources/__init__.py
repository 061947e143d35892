"""Sources: one file each, found by name.

`read(recipe)` yields (row number, raw row or Unfit); `parse(raw, recipe)` gives a
`schemas.exchange.SourceRow` or raises `Unfit` with the reason; a row on which it breaks with
another error of the row's making is counted as unfit too. `NAME` and `LICENSE` where fixed;
`name(recipe)` where the name in the store is made of several keys.
"""
