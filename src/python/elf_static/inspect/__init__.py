"""The command `inspect`. In: `Facts`; for the HTML page, also a judgement and the table of Go's
functions. Out: everything known about a file, as text, JSON or an HTML page.
"""
