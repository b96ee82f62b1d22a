"""The target graph. In: the targets in BUILD files. Out: the targets that they generate, and the
dependencies of each.
"""
