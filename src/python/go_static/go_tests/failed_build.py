"""The JUnit report on tests that cannot be built."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr


def junit_of_failure(import_path: str, message: str) -> str:
    """A report with one case that is an error. The message has no control characters."""
    name = quoteattr(import_path)
    first = quoteattr(message.strip().partition("\n")[0])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
        f'<testsuite name={name} tests="1" failures="0" errors="1" skipped="0" time="0">\n'
        f'<testcase classname={name} name="[build failed]" time="0">'
        f'<error message={first} type="build">{escape(message)}</error></testcase>\n'
        "</testsuite>\n</testsuites>\n"
    )
