"""Go tests. In: a package with `_test.go` files. Out: its test binary, and how to run it."""
