"""Backends: one file each, `connect(teacher, key) -> Backend` (`schemas.exchange`)."""
