"""What the tests in tests/go_static share: the machine's Go, an engine, a module proxy.

It is not in tests/go_static itself, because a package of that name would hide the backend.
"""
