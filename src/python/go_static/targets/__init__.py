"""The targets and fields of BUILD files. In: fields. Out: `BinarySettings`, checked. The steps see
nothing else of a target.
"""
