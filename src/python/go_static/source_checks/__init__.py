"""Checks of source code that need no build. In: the Go files of modules. Out: the files as gofmt
formats them, and what it says of those that it cannot parse.
"""
