// Command whoami tells who a process is on the machine that it runs on: its user and groups, the
// host's name, and, for a name given as argument, the addresses that the name resolves to.
//
//	whoami [-json] [name]
//	whoami -version
//
// It is the smallest program on which a static build depends on how it is built. The packages net
// and os/user each have two implementations: one in Go, which reads /etc/passwd, /etc/group and
// /etc/resolv.conf, and one in cgo, which asks the C library and makes the program need it at run
// time. CGO_ENABLED=0 leaves only the first; the build tags netgo and osusergo choose the first
// even where cgo is on. The last line of the output says which of them this binary was built with.
//
// It answers in an empty container image too, where there is no /etc/passwd: what cannot be looked
// up is left out, and the numbers, which the kernel knows, are printed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = "dev"

// lookupTimeout bounds the name lookup, which may wait for a DNS server that never answers.
const lookupTimeout = 5 * time.Second

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process: it returns the exit status, 2 for wrong usage.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("whoami", flag.ContinueOnError)
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "print one JSON object")
	showVersion := flags.Bool("version", false, "print the version and exit")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: whoami [-json] [name]")
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 1:
		flags.Usage()
		return 2
	}
	if *showVersion {
		fmt.Fprintln(stdout, version)
		return 0
	}

	answer := identify()
	if name := flags.Arg(0); name != "" {
		ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
		defer cancel()
		lookup, err := resolve(ctx, name)
		if err != nil {
			fmt.Fprintf(stderr, "whoami: %v\n", err)
			return 1
		}
		answer.Lookup = lookup
	}

	write := writeText
	if *asJSON {
		write = writeJSON
	}
	if err := write(stdout, answer); err != nil {
		fmt.Fprintf(stderr, "whoami: %v\n", err)
		return 1
	}
	return 0
}

func writeJSON(w io.Writer, answer identity) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(answer)
}
