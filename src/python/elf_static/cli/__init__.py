"""The command line. In: arguments. Out: what the steps make, on standard output, and an exit
code.
"""
