"""What sandboxes start. In: an SDK. Out: the builder, a Go program that prepares and runs `go`.

Its sources are in `_go`, a directory that `go list ./...` and `tailor` skip.
"""
