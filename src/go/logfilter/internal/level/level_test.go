// A package of its own, so that the tests see what other packages see.
package level_test

import (
	"fmt"
	"testing"

	"example.com/logfilter/internal/level"
)

func TestOf(t *testing.T) {
	for _, test := range []struct {
		line  string
		found level.Level
		ok    bool
	}{
		{"2026-01-02 ERROR disk full", level.Error, true},
		{"[DEBUG] WARNING is the second word", level.Debug, true},
		{"an error in lower case", 0, false},
		{"", 0, false},
	} {
		t.Run(test.line, func(t *testing.T) {
			found, ok := level.Of(test.line)
			if found != test.found || ok != test.ok {
				t.Errorf("Of(%q) = %v, %t; want %v, %t", test.line, found, ok, test.found, test.ok)
			}
		})
	}
}

// The names are generated code: String is written by stringer before the test is compiled.
func ExampleLevel_String() {
	fmt.Println(level.Debug, level.Warning)
	// Output: DEBUG WARNING
}

func FuzzParse(f *testing.F) {
	f.Add("warning")
	f.Add("")
	f.Fuzz(func(t *testing.T, name string) {
		if found, err := level.Parse(name); err == nil && (found < level.Debug || found > level.Error) {
			t.Errorf("Parse(%q) = %d", name, found)
		}
	})
}
