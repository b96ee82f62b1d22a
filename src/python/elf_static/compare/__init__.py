"""The command `compare`. In: two files. Out: in which parts they differ, and what that comes
from.
"""
