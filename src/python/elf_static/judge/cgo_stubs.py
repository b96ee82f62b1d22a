"""Modules that compile without cgo and then do nothing."""

from __future__ import annotations

# Modules whose packages are empty or stubs without cgo, and what does their work without it. They
# compile, and fail when they are used.
STUBS = {
    "github.com/mattn/go-sqlite3": "modernc.org/sqlite or github.com/ncruces/go-sqlite3",
    "github.com/mutecomm/go-sqlcipher": "github.com/ncruces/go-sqlite3 with its vfs/adiantum",
    "github.com/mutecomm/go-sqlcipher/v4": "github.com/ncruces/go-sqlite3 with its vfs/adiantum",
}
