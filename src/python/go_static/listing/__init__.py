"""Step 4, list files. In: a module's files, a platform and tags. Out: for each binary, the exact
files that `go build` reads, or why it cannot be built.
"""
