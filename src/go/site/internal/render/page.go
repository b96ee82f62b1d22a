package render

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io/fs"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// markdown gives each heading an id made from its text, so that a link can lead to it.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
)

// page is a Markdown page and what the templates see of it.
type page struct {
	name  string
	Title string
	Body  template.HTML
}

// Path is the page's URL path; the index of a directory goes by the directory's.
func (p page) Path() string {
	return "/" + strings.TrimSuffix(p.name, indexFile)
}

func readPages(sources fs.FS) ([]page, error) {
	var pages []page
	err := walkFiles(sources, func(name string) error {
		stem, isPage := strings.CutSuffix(name, ".md")
		if !isPage {
			return fmt.Errorf("%s: a page is a .md file", name)
		}
		source, err := fs.ReadFile(sources, name)
		if err != nil {
			return err
		}
		page, err := parsePage(stem+".html", source)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		pages = append(pages, page)
		return nil
	})
	// The menu's order: a directory's index before the pages in it.
	slices.SortFunc(pages, func(a, b page) int { return cmp.Compare(a.Path(), b.Path()) })
	return pages, err
}

func parsePage(name string, source []byte) (page, error) {
	document := markdown.Parser().Parse(text.NewReader(source))
	heading, ok := document.FirstChild().(*ast.Heading)
	if !ok || heading.Level != 1 {
		return page{}, fmt.Errorf("a page begins with its title: # Title")
	}
	title := string(heading.Lines().Value(source))

	var body bytes.Buffer
	if err := markdown.Renderer().Render(&body, source, document); err != nil {
		return page{}, err
	}
	// Not escaped again: goldmark made this HTML, and it drops any HTML that the source holds.
	return page{name: name, Title: title, Body: template.HTML(body.String())}, nil
}

// layout is the frame around every page.
type layout struct {
	template *template.Template
}

func parseLayout(templates fs.FS) (layout, error) {
	parsed, err := template.New("page.html").ParseFS(templates, "*.html")
	return layout{parsed}, err
}

// render puts a page into the frame; menu is what the navigation leads to.
func (l layout) render(p page, menu []page) ([]byte, error) {
	data := struct {
		page
		Menu []page
	}{p, menu}
	var out bytes.Buffer
	err := l.template.Execute(&out, data)
	return out.Bytes(), err
}
