// Package assets holds the site's sources, embedded in every binary that imports it, so that a
// binary needs no file beside it: it can be the only file of a container image.
//
// The directories that it embeds are not Go packages. A build that does not know that they belong
// to this one would not rebuild when only a stylesheet changes.
package assets

import (
	"embed"
	"io/fs"
)

// An embedded directory leaves out files whose names begin with a dot or an underscore, unless the
// pattern begins with "all:". Without it static/.well-known would be missing, and nothing would say
// so before a client asks for it.
//
//go:embed all:static
var static embed.FS

//go:embed pages templates
var sources embed.FS

// Static returns the files that are served as they are, hidden ones included.
func Static() fs.FS { return sub(static, "static") }

// Pages returns the Markdown pages.
func Pages() fs.FS { return sub(sources, "pages") }

// Templates returns the HTML templates.
func Templates() fs.FS { return sub(sources, "templates") }

// sub cannot fail: fs.Sub refuses only names that are no valid path, and these are constants.
func sub(fsys fs.FS, dir string) fs.FS {
	below, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(err)
	}
	return below
}
