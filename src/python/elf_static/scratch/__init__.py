"""Beside step 1: starting the program. In: a file and its `Facts`. Out: observations of how it
starts in an empty root file system, which the judge takes as further ones.
"""
