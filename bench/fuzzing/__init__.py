"""Coverage-guided fuzzing of what reads text and bytes of others: see `bench/fuzz`."""
