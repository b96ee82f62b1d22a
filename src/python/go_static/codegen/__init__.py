"""Step 3, generated code. In: the targets that a binary's `codegen` names. Out: their files,
laid over those of the repository.
"""
