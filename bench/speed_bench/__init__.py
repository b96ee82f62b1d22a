"""The duration of builds, compared with plain `go build`: see `bench/speed`."""
