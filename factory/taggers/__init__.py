"""Taggers: one file each, found by its name. What one declares:

    VERSION    another one: all is tagged again
    SUBJECT    what its tags are about: "problem" or "rollout"
    TEXT       SQL columns of a subject's own row: each is read once, by all cores; or
    INPUT      SQL over the views, for what is derived: what changed is written again
    tag(rows)  subject_id and TEXT, or INPUT's rows -> subject_id and a column for each tag; a
               number becomes its value, a text its label, null is no tag. With a column `scope`
               where a subject has such tags more than once.

A tagger of texts that sets `COUNTS` is called as tag(rows, count): `count(texts)` gives their
tokens by the tokenizer of the run, and its tags hold for that one.
"""
