// Package level knows how severe a line of a log is.
package level

import (
	"fmt"
	"strings"
)

//go:generate go tool stringer -type Level -linecomment

// Level is a severity, from Debug to Error.
type Level int

// The severities, each with the name that logs use.
const (
	Debug   Level = iota // DEBUG
	Info                 // INFO
	Warning              // WARNING
	Error                // ERROR
)

// Parse finds the level of a name, in any case.
func Parse(name string) (Level, error) {
	for level := Debug; level <= Error; level++ {
		if strings.EqualFold(level.String(), name) {
			return level, nil
		}
	}
	return 0, fmt.Errorf("no level is called %q", name)
}

// Of finds the level of a line of a log by the first word that is the name of one.
func Of(line string) (Level, bool) {
	for _, word := range strings.FieldsFunc(line, func(char rune) bool {
		return !('A' <= char && char <= 'Z')
	}) {
		if level, err := Parse(word); err == nil {
			return level, true
		}
	}
	return 0, false
}
