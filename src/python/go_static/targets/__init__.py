"""What users write in BUILD files. In: fields. Out: `BinarySettings`, checked, which is all that
the steps see of a target.
"""
