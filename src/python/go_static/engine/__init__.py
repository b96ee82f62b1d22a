"""Below all steps: Pants's engine and this machine. In: processes to run, and questions about the
machine. Out: results that do not depend on the version of Pants or on where a process ran.

Nothing here knows about Go.
"""
