"""Step 5, `go build`. In: a binary's settings, its files, its modules and an SDK. Out: the binary."""
