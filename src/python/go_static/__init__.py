"""The Pants backend for statically linked Go binaries; `register.py` is where Pants starts."""

from elf_static import __version__ as __version__
