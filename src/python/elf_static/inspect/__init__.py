"""The command `inspect`. In: `Facts` and, for the page, a judgement and the table of Go's
functions. Out: everything that is known of a file, as text, JSON or an HTML page.
"""
