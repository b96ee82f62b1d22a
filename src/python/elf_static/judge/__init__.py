"""Step 2, judging. In: `Facts`, a `Policy` and further observations. Out: a `Judgement`, with a
`Finding` for each rule that the file breaks.

Only policy files are read here.
"""
