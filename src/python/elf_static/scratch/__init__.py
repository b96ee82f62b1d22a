"""Optional, before step 2: start the program in an empty root file system. In: a file and its
`Facts`. Out: observations for the judge.
"""
