"""Below all steps: the `go` command. In: platforms, flags, source files and the output of `go`.
Out: arguments, environments, records, and messages that a user can read.
"""
