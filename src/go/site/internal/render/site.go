// Package render turns the site's sources into the files of the site, all in memory and all at
// once: whatever is wrong with a page shows when a program starts, not when the page is asked for.
package render

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"example.com/site/internal/assets"
)

// indexFile is what a directory's path stands for.
const indexFile = "index.html"

// Sources are what a site is made from.
type Sources struct {
	Pages     fs.FS // Markdown; each *.md becomes a *.html
	Templates fs.FS // html/template; page.html renders a page
	Static    fs.FS // taken as they are
}

// Site is a rendered site. Its files have slash-separated names without a leading slash.
type Site struct {
	files map[string][]byte
}

// Embedded renders the site that is embedded in this binary.
func Embedded() (*Site, error) {
	return New(Sources{
		Pages:     assets.Pages(),
		Templates: assets.Templates(),
		Static:    assets.Static(),
	})
}

// New renders a site. Two sources of one file are an error: neither should win silently.
func New(sources Sources) (*Site, error) {
	site := &Site{files: map[string][]byte{}}
	if err := site.addPages(sources.Pages, sources.Templates); err != nil {
		return nil, err
	}
	if err := site.addStatic(sources.Static); err != nil {
		return nil, err
	}
	return site, nil
}

func (s *Site) addPages(sources, templates fs.FS) error {
	layout, err := parseLayout(templates)
	if err != nil {
		return err
	}
	pages, err := readPages(sources)
	if err != nil {
		return err
	}
	for _, page := range pages {
		content, err := layout.render(page, pages)
		if err != nil {
			return err
		}
		if err := s.add(page.name, content); err != nil {
			return err
		}
	}
	return nil
}

func (s *Site) addStatic(static fs.FS) error {
	return walkFiles(static, func(name string) error {
		content, err := fs.ReadFile(static, name)
		if err != nil {
			return err
		}
		return s.add(name, content)
	})
}

func (s *Site) add(name string, content []byte) error {
	if _, exists := s.files[name]; exists {
		return fmt.Errorf("%s is both a page and a static file", name)
	}
	s.files[name] = content
	return nil
}

// Names returns the names of all files, sorted.
func (s *Site) Names() []string {
	return slices.Sorted(maps.Keys(s.files))
}

// File returns the content of a file, which the caller must not change.
func (s *Site) File(name string) (content []byte, ok bool) {
	content, ok = s.files[name]
	return content, ok
}

// Resolve returns the name of the file that a URL path stands for: the path's own, or for a path
// that ends with a slash the index of that directory.
func (s *Site) Resolve(urlPath string) (name string, ok bool) {
	name = strings.TrimPrefix(path.Clean("/"+urlPath), "/")
	if strings.HasSuffix(urlPath, "/") {
		name = path.Join(name, indexFile)
	}
	_, ok = s.files[name]
	return name, ok
}

// walkFiles calls visit with the name of each file in fsys, in lexical order.
func walkFiles(fsys fs.FS, visit func(name string) error) error {
	return fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return visit(name)
	})
}
