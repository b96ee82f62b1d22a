"""The goals: `package`, `run`, `test`, `tailor` and `go-static-migrate`. In: targets. Out: the
output of Pants, from the results of the steps.
"""
