"""The goals: `package`, `run`, `test`, `tailor` and `go-static-migrate`. In: targets. Out: what
Pants shows and writes, from the results of the steps.
"""
