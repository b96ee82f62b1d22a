"""The target graph of Pants. In: targets in BUILD files. Out: the targets that they generate, and
the dependencies of each.
"""
