"""How alike two texts are, as mathematics: `read` reads, `sketch` sums up, `compare` decides.

Here stand the versions alone, for those who only ask SQL: the modules bring a compiler.
"""

READER = "2"  # of the keys and signatures of a text
COMPARED = f"{READER}.2"  # and of the rule for two problems
OVERLAPS = f"2.{READER}"  # and of the rule for evaluation sets, `factory.contamination`
