// Package ledgerpb holds the messages of ledger.proto.
package ledgerpb

//go:generate go run ../internal/genproto ledger.proto
