"""The command `compare`. In: two files. Out: the parts that differ, and the likely cause."""
