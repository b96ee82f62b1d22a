"""Step 4, which files. In: a module's tree, a platform and tags. Out: for each binary the exact
files that `go build` reads, or why it cannot be built.
"""
