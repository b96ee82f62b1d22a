// Command sitecheck looks for internal links of the embedded site that lead nowhere.
//
//	sitecheck
//
// It prints one line for each and exits with 1 if there is any.
package main

import (
	"flag"
	"fmt"
	"os"

	"example.com/site/internal/links"
	"example.com/site/internal/render"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = "dev"

func main() {
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *showVersion {
		fmt.Println(version)
		return
	}
	broken, err := check()
	if err != nil {
		fmt.Fprintf(os.Stderr, "sitecheck: %v\n", err)
		os.Exit(2)
	}
	for _, link := range broken {
		fmt.Println(link)
	}
	if len(broken) > 0 {
		os.Exit(1)
	}
}

func check() ([]links.Broken, error) {
	site, err := render.Embedded()
	if err != nil {
		return nil, err
	}
	return links.Check(site)
}
