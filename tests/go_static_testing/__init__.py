"""Shared by the tests in tests/go_static: this machine's Go, an engine, a module proxy.

It is outside tests/go_static, because a package with that name would hide the backend.
"""
