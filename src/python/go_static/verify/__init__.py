"""Step 6, the proof. In: a binary, a policy and arguments. Out: the process that runs
`elf_static` on it in a sandbox.
"""
