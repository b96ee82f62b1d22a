"""Beside step 6, the supply-chain record. In: a binary and its listing. Out: a document of which
modules are in it, written by `go_sbom` in a sandbox.
"""
