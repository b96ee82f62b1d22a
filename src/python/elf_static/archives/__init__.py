"""Step 0, open. In: an archive or an image. Out: each ELF file in it, with its path, as a `Source`.

Nothing is written to disk. An archive is a claim: what it expands to, how many entries it has and
how deep they are is limited (limits.py), and a name that leads out of it is an error.
"""
