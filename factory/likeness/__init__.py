"""How alike two texts are, as mathematics: `read` reads, `sketch` sums up, `compare` decides."""
