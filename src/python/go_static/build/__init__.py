"""Step 5, `go build`. In: a binary's settings, its files, the modules and a Go. Out: the binary."""
