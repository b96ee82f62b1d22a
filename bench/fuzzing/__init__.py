"""Coverage-guided fuzzing of the code that reads untrusted text and bytes: see `bench/fuzz`."""
