"""The goals: `package`, `run`, `test`, `fmt`, `fix`, `lint`, `check`, `tailor`, and two of our own,
`go-static-migrate` and `go-static-size-baseline`. In: targets. Out: what Pants shows and writes,
from the results of the steps.
"""
