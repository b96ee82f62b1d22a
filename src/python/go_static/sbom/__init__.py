"""Next to step 6, the SBOM. In: a binary and its listing. Out: a document that lists the modules in
the binary, written by `go_sbom` in a sandbox.
"""
