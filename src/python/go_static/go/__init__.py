"""Below all steps: what is known of Go's own tool. In: platforms, flags, files and what `go` has
printed. Out: arguments, environments, records, and messages that a user can read.
"""
