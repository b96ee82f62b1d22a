package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"example.com/logfilter/internal/level"
)

// Files in testdata are there in `pants test` too, and the working directory is the package's.
func TestLinesThatFollowKeepTheSeverityOfTheirFirst(t *testing.T) {
	log, err := os.Open("testdata/service.log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	golden, err := os.ReadFile("testdata/service.warning.golden")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := filter(log, &out, level.Warning); err != nil {
		t.Fatal(err)
	}
	if out.String() != string(golden) {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), golden)
	}
}

type fullDisk struct{}

var errFull = errors.New("disk full")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestAFailedWriteIsAnError(t *testing.T) {
	if err := filter(strings.NewReader("ERROR x\n"), fullDisk{}, level.Debug); !errors.Is(err, errFull) {
		t.Errorf("filter = %v; want %v", err, errFull)
	}
}
