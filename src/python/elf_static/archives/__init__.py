"""Step 0, open. In: an archive or an image. Out: each ELF file in it, with its path, as a `Source`.

Nothing is written to disk. Archives are untrusted: their expanded size, number of entries and depth
are limited (limits.py), and a path that leads out of an archive is an error.
"""
