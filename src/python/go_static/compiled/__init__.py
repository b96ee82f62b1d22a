"""A step before build: compile once for all machines. In: a listing, and the flags of a build. Out:
compiled packages, from whichever machine compiled them, in the build cache of this one.
"""
