"""The command `inspect`. In: `Facts`; for the HTML page, also a judgement and Go's function table.
Out: everything known about a file, as text, JSON or HTML.
"""
