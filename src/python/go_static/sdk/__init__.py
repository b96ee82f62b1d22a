"""Step 1, which Go. In: the version that a target, an option or a go.mod requires. Out: `GoSdk`,
the parts of a Go SDK that a build needs, as a digest.
"""
