// Ledger keeps accounts in a file of protobuf messages.
//
//	ledger -file books.pb add rent -95000 "January"
//	ledger -file books.pb sums
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"example.com/ledger/ledgerpb"
)

func main() {
	file := flag.String("file", "ledger.pb", "where the accounts are")
	flag.Parse()
	if err := run(*file, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "ledger:", err)
		os.Exit(1)
	}
}

func run(file string, arguments []string) error {
	ledger, err := load(file)
	if err != nil {
		return err
	}
	switch {
	case len(arguments) == 4 && arguments[0] == "add":
		cents, err := strconv.ParseInt(arguments[2], 10, 64)
		if err != nil {
			return err
		}
		ledger.Entries = append(ledger.Entries, &ledgerpb.Entry{
			Time: timestamppb.Now(), Account: arguments[1], Cents: cents, Note: arguments[3],
		})
		return save(file, ledger)
	case len(arguments) == 1 && arguments[0] == "sums":
		sums := map[string]int64{}
		for _, entry := range ledger.Entries {
			sums[entry.Account] += entry.Cents
		}
		for _, account := range slices.Sorted(maps.Keys(sums)) {
			fmt.Printf("%-12s %10.2f\n", account, float64(sums[account])/100)
		}
		return nil
	}
	return errors.New(`say "add ACCOUNT CENTS NOTE" or "sums"`)
}

func load(file string) (*ledgerpb.Ledger, error) {
	ledger := &ledgerpb.Ledger{}
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return ledger, nil
	}
	if err != nil {
		return nil, err
	}
	return ledger, proto.Unmarshal(data, ledger)
}

func save(file string, ledger *ledgerpb.Ledger) error {
	data, err := proto.Marshal(ledger)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}
