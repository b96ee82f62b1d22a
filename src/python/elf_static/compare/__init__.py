"""The command `compare`. In: two files. Out: the differing parts, and the likely cause."""
