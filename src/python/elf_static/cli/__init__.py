"""The command line. In: arguments. Out: a report on standard output, and an exit code."""
