"""How alike two texts are, as mathematics: `scan` reads, `sketch` sums up, `compare` decides."""
