"""Step 2, judge. In: `Facts`, a `Policy`, and observations from running the program. Out: a
`Judgement` with a `Finding` for each rule that the file breaks.

Reads no files except policies.
"""
