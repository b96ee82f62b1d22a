package main

import (
	"path/filepath"
	"testing"
)

// The messages are generated from ledger.proto before the test is compiled.
func TestEntriesAreThereAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "books.pb")
	for _, entry := range [][]string{
		{"add", "rent", "-95000", "January"},
		{"add", "rent", "-95000", "February"},
	} {
		if err := run(file, entry); err != nil {
			t.Fatal(err)
		}
	}
	ledger, err := load(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(ledger.Entries) != 2 || ledger.Entries[1].Cents != -95000 || ledger.Entries[1].Note != "February" {
		t.Errorf("entries = %v", ledger.Entries)
	}
}

func TestAnAmountThatIsNoNumberChangesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "books.pb")
	if err := run(file, []string{"add", "rent", "much", ""}); err == nil {
		t.Error("no error")
	}
	if ledger, err := load(file); err != nil || len(ledger.Entries) != 0 {
		t.Errorf("load = %v, %v; want no entries", ledger, err)
	}
}
