"""Below all steps: Pants's engine, and the machine. In: processes, and questions about the
machine. Out: results that do not depend on which version of Pants it is or where a process ran.

Nothing here knows of Go.
"""
