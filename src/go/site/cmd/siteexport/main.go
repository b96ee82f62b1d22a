// Command siteexport writes the embedded site to a directory, for a host that serves only files.
//
//	siteexport directory
//
// Files that are already there are overwritten; others are left alone.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"example.com/site/internal/render"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = "dev"

func main() {
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: siteexport directory")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *showVersion {
		fmt.Println(version)
		return
	}
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0)); err != nil {
		fmt.Fprintf(os.Stderr, "siteexport: %v\n", err)
		os.Exit(1)
	}
}

func run(directory string) error {
	site, err := render.Embedded()
	if err != nil {
		return err
	}
	if err := export(site, directory); err != nil {
		return err
	}
	fmt.Printf("%d files written to %s\n", len(site.Names()), directory)
	return nil
}

func export(site *render.Site, directory string) error {
	for _, name := range site.Names() {
		content, _ := site.File(name)
		path := filepath.Join(directory, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
