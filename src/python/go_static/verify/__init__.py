"""Step 6, ELF test. In: a binary, a policy and arguments. Out: the process that runs `elf_static`
on the binary in a sandbox.
"""
