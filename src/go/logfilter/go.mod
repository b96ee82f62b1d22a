module example.com/logfilter

go 1.25.0

tool golang.org/x/tools/cmd/stringer

require (
	golang.org/x/mod v0.29.0 // indirect
	golang.org/x/sync v0.17.0 // indirect
	golang.org/x/tools v0.38.0 // indirect
)
