"""How long builds take beside plain `go build`: see `bench/speed`."""
