"""Step 1, choose an SDK. In: the version that a target, an option or a go.mod requires. Out:
`GoSdk`, the parts of a Go installation that a build needs, as a digest.
"""
