"""The change of BUILD files from Pants's own Go backend. In: the text of one. Out: its new text,
and what could not be changed. No engine is needed.
"""
