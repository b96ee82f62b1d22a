"""The Pants backend for statically linked Go binaries. Pants starts at `register.py`."""

from elf_static import __version__ as __version__
