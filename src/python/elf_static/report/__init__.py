"""Step 3, report. In: judgements and the names of their files. Out: one report on all of them, as
text, JSON, JUnit XML, SARIF or annotations.
"""
