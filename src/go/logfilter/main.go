// Logfilter passes on the lines of a log that are at least as severe as asked for, and those that
// follow them without a severity of their own.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"

	"example.com/logfilter/internal/level"
)

func main() {
	name := flag.String("level", "warning", "debug, info, warning or error")
	flag.Parse()
	least, err := level.Parse(*name)
	if err == nil {
		err = filter(os.Stdin, os.Stdout, least)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "logfilter:", err)
		os.Exit(1)
	}
}

func filter(in io.Reader, out io.Writer, least level.Level) error {
	lines := bufio.NewScanner(in)
	passing := false
	for lines.Scan() {
		if found, ok := level.Of(lines.Text()); ok {
			passing = found >= least
		}
		if passing {
			if _, err := fmt.Fprintln(out, lines.Text()); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}
