// Reads lines of text in hexadecimal, and says what Go makes of each: as a literal
// (strconv.Unquote), as what starts with one (strconv.QuotedPrefix), and as build information
// (debug.ParseBuildInfo). A line of JSON for each; strings are in hexadecimal.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"runtime/debug"
	"strconv"
)

type answer struct {
	Literal   *string
	Prefix    *string
	BuildInfo *debug.BuildInfo
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		data, err := hex.DecodeString(lines.Text())
		if err != nil {
			panic(err)
		}
		text := string(data)
		var a answer
		if s, err := strconv.Unquote(text); err == nil {
			s = hex.EncodeToString([]byte(s))
			a.Literal = &s
		}
		if s, err := strconv.QuotedPrefix(text); err == nil {
			s = hex.EncodeToString([]byte(s))
			a.Prefix = &s
		}
		if info, err := debug.ParseBuildInfo(text); err == nil {
			a.BuildInfo = info
		}
		if err := out.Encode(a); err != nil {
			panic(err)
		}
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
}
