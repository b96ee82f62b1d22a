"""The command line. In: arguments. Out: the report on standard output, and an exit code."""
