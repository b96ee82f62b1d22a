// Execwatch prints which programs are started on this machine, and how often.
//
// With -check it only looks into itself: whether the probe for the kernel is there and sound. That
// needs no rights, and runs anywhere.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"time"

	"example.com/execwatch/internal/probe"
)

func main() {
	check := flag.Bool("check", false, "look at the embedded probe, and do not load it")
	interval := flag.Duration("interval", time.Second, "how often to print")
	flag.Parse()
	if err := run(*check, *interval); err != nil {
		fmt.Fprintln(os.Stderr, "execwatch:", err)
		os.Exit(1)
	}
}

func run(check bool, interval time.Duration) error {
	if check {
		return describe()
	}
	counter, err := probe.New()
	if err != nil {
		return err
	}
	defer counter.Close()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		counts, err := counter.Counts()
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			fmt.Printf("%6d %s\n", counts[name], name)
		}
	}
}

func describe() error {
	spec, err := probe.Spec()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Programs)) {
		program := spec.Programs[name]
		fmt.Printf("program %s: %s, %d instructions\n", name, program.SectionName, len(program.Instructions))
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Maps)) {
		fmt.Printf("map %s: %s\n", name, spec.Maps[name].Type)
	}
	return nil
}
