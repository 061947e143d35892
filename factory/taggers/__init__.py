"""Taggers: one file each. `VERSION`, `SUBJECT`, `INPUT` (SQL over the views) and `tag(rows)`.

`tag` takes the rows of `INPUT` as a polars frame and returns subject_id, scope, name, value, label.
"""
