"""Step 6, supply-chain record. In: a binary and its listing. Out: a document that lists the modules
in it, written by `go_sbom` in a sandbox.
"""
