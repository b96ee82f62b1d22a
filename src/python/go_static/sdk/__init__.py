"""Step 1, which Go. In: the version that a target, an option or a go.mod asks for. Out: `GoSdk`,
the parts of a Go that a build needs, as a digest.
"""
