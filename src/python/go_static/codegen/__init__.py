"""Step 3, generate code. In: the targets that a binary's `codegen` names. Out: the generated files,
overlaid on those of the repository.
"""
