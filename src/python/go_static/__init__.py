"""The Pants backend for statically linked Go binaries; `register.py` is where Pants starts."""
