"""The supply-chain record of a Go binary: its modules, their sources and their licences.

In: a JSON file (`question`). Out: a CycloneDX or SPDX document. Does not import Pants.
"""
