"""Before step 1, read targets. In: the fields of a target in a BUILD file. Out: checked
`BinarySettings`; the steps see nothing else of a target.
"""
