"""Step 2, modules. In: the directory of a target, and an SDK. Out: the go.mod and go.work in force,
the files of the modules in the repository, and the downloads of all others, as digests.

Only this step and the download of an SDK use the network.
"""
