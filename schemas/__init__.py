"""What every table and message of the house looks like; imports nothing of ours.

`rows` has one model per table, `exchange` what steps and plug-ins hand each other, `arrow` derives
the Parquet schema, the checks and the column documentation from the models, `views.sql` is the
public SQL surface over the tables.
"""
