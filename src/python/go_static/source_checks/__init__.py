"""Checks of source code. In: the Go files of modules. Out: the files as gofmt formats them, what it
says of those that it cannot parse, and what `go vet` finds in packages and their tests.
"""
