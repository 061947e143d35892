"""How a mixture is chosen: spec -> pool, a row per candidate -> rules, caps, shares of a budget.

Each room works on temporary tables of one DuckDB connection over one snapshot: `pool` holds what
may still be taken, `dropped` what may not, with the one rule that said so, `taken` what is frozen.
"""
