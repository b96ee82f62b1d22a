"""Step 3, reporting. In: judgements with the names of their files. Out: one text for all, for
people or as JSON, JUnit XML or SARIF.
"""
