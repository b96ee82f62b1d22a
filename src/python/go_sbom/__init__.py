"""The supply-chain record of a Go binary: what is in it, from where, under which licences.

Knows nothing of Pants: a file of questions goes in (`question`), a document comes out.
"""
