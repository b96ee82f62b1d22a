"""Modules that compile without cgo but do not work."""

from __future__ import annotations

# Modules whose packages are empty or stubs without cgo, and replacements that need no cgo.
STUBS = {
    "github.com/mattn/go-sqlite3": "modernc.org/sqlite or github.com/ncruces/go-sqlite3",
    "github.com/mutecomm/go-sqlcipher": "github.com/ncruces/go-sqlite3 with its vfs/adiantum",
    "github.com/mutecomm/go-sqlcipher/v4": "github.com/ncruces/go-sqlite3 with its vfs/adiantum",
}
