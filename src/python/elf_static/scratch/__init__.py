"""Optional, before step 2: start the program. In: a file and its `Facts`. Out: observations, for
the judge, of whether the program starts in an empty root file system.
"""
