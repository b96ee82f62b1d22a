"""Step 1, reading. In: a path, or standard input. Out: `Facts`, frozen records of what the file
says.

Nothing is judged here. Every read is bounded, whatever the file claims of itself; damage is a
fact and no exception.
"""
