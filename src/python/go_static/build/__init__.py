"""Step 5, build. In: a binary's settings, its files, its modules and an SDK. Out: the binary."""
