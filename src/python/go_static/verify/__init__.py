"""Step 6, the proof. In: a binary, a policy and arguments. Out: the process that checks the binary
with `elf_static` in a sandbox.
"""
