"""Migration of BUILD files from Pants's own Go backend. In: the text of a BUILD file. Out: its new
text, and what has to be changed by hand. Does not use the engine.
"""
