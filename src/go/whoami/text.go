package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// writeText prints one line for each fact that is known, its name in the first column.
func writeText(w io.Writer, id identity) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(key, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", key, value)
		}
	}
	row("user", numbered(id.UID, id.User))
	row("home", id.Home)
	row("groups", join(id.Groups))
	row("hostname", id.Hostname)
	if id.Lookup != nil {
		row(id.Lookup.Name, strings.Join(id.Lookup.Addresses, " "))
	}
	row("build", id.Build.String())
	return table.Flush() // Holds the first error of the writes above.
}

// numbered writes an id as id(1) does: 0(root), and 1234 where it has no name.
func numbered(id int, name string) string {
	if name == "" {
		return fmt.Sprint(id)
	}
	return fmt.Sprintf("%d(%s)", id, name)
}

func join(groups []group) string {
	words := make([]string, len(groups))
	for i, g := range groups {
		words[i] = numbered(g.GID, g.Name)
	}
	return strings.Join(words, " ")
}

func (b build) String() string {
	words := []string{b.Go}
	if b.Cgo != "" {
		words = append(words, "CGO_ENABLED="+b.Cgo)
	}
	if b.Tags != "" {
		words = append(words, "-tags="+b.Tags)
	}
	return strings.Join(words, " ")
}
