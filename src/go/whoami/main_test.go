package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// whoami runs the program with args and returns what it printed.
func whoami(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = run(args, &out, &err)
	return status, out.String(), err.String()
}

func TestVersionPrintsTheVersionAlone(t *testing.T) {
	status, stdout, _ := whoami(t, "-version")
	if status != 0 || stdout != version+"\n" {
		t.Errorf("whoami -version = %d, %q; want 0, %q", status, stdout, version+"\n")
	}
}

func TestTwoNamesAreWrongUsage(t *testing.T) {
	status, _, stderr := whoami(t, "one", "two")
	if status != 2 || !strings.Contains(stderr, "usage: whoami") {
		t.Errorf("whoami one two = %d, %q; want 2 and the usage", status, stderr)
	}
}

func TestUnresolvableNameIsAnError(t *testing.T) {
	// A label of 64 bytes is one too long for DNS, so no server is ever asked.
	name := strings.Repeat("x", 64)
	status, stdout, stderr := whoami(t, name)
	if status != 1 || stdout != "" || !strings.Contains(stderr, name) {
		t.Errorf("whoami %s = %d, %q, %q; want 1 and an error that names it", name, status, stdout, stderr)
	}
}

func TestJSONHoldsTheKernelsIDsAndTheAddresses(t *testing.T) {
	status, stdout, stderr := whoami(t, "-json", "127.0.0.1")
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	var id identity
	if err := json.Unmarshal([]byte(stdout), &id); err != nil {
		t.Fatal(err)
	}
	if id.UID != os.Getuid() || id.Groups[0].GID != os.Getgid() {
		t.Errorf("uid %d, primary gid %d; want %d, %d", id.UID, id.Groups[0].GID, os.Getuid(), os.Getgid())
	}
	if id.Lookup == nil || len(id.Lookup.Addresses) != 1 || id.Lookup.Addresses[0] != "127.0.0.1" {
		t.Errorf("lookup = %+v; want the address itself", id.Lookup)
	}
}
