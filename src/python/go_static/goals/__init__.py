"""What users run: `package`, `run`, `test`, `tailor` and `go-static-migrate`. In: targets. Out:
what Pants shows, from the results of the steps.
"""
