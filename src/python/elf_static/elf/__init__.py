"""Step 1, read. In: a path or standard input. Out: `Facts`, frozen records of the file's contents.

Nothing is judged here. Every read is bounded, whatever the file claims. Damage is recorded as a
fact, not raised.
"""
