"""Step 2, modules. In: the directory of a target and its Go. Out: the go.mod and go.work in
force, the files of the modules in the repository, and the downloads of the others, as digests.

The only step with a network.
"""
