// Package links finds the links of a site that lead nowhere within it.
package links

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"example.com/site/internal/render"
)

// Broken is a link to a page, or to a place in one, that the site does not have.
type Broken struct {
	Page   string // the file that holds the link
	Target string // as the link has it
	Why    string
}

func (b Broken) String() string { return fmt.Sprintf("%s: %s: %s", b.Page, b.Target, b.Why) }

// outline is what matters of a page: where it leads, and where in it a link can lead to.
type outline struct {
	targets   []string
	fragments map[string]bool
}

// Check returns the broken links of all pages, in the order of the pages. Links to other hosts are
// not followed. An error means that a page could not be read.
func Check(site *render.Site) ([]Broken, error) {
	pages := map[string]outline{}
	for _, name := range site.Names() {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		content, _ := site.File(name)
		page, err := parse(content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		pages[name] = page
	}

	var broken []Broken
	for _, name := range site.Names() {
		for _, target := range pages[name].targets {
			if why := judge(site, pages, name, target); why != "" {
				broken = append(broken, Broken{Page: name, Target: target, Why: why})
			}
		}
	}
	return broken, nil
}

// judge says what is wrong with a link from a page to a target; empty if nothing is.
func judge(site *render.Site, pages map[string]outline, page, target string) string {
	link, err := url.Parse(target)
	if err != nil {
		return "not a URL"
	}
	if link.IsAbs() || link.Host != "" {
		return ""
	}
	base := url.URL{Path: "/" + page}
	link = base.ResolveReference(link)
	name, ok := site.Resolve(link.Path)
	if !ok {
		return "no such file"
	}
	if link.Fragment != "" && !pages[name].fragments[link.Fragment] {
		return "no such place in the page"
	}
	return ""
}

// parse reads a page with the XML decoder, which encoding/xml can bend far enough for HTML that a
// program has written. A site with hand-written HTML would need golang.org/x/net/html.
func parse(content []byte) (outline, error) {
	page := outline{fragments: map[string]bool{}}
	decoder := xml.NewDecoder(bytes.NewReader(content))
	decoder.Strict = false
	decoder.AutoClose = xml.HTMLAutoClose
	decoder.Entity = xml.HTMLEntity
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return page, nil
		}
		if err != nil {
			return outline{}, err
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, attribute := range element.Attr {
			switch attribute.Name.Local {
			case "href", "src":
				page.targets = append(page.targets, attribute.Value)
			case "id":
				page.fragments[attribute.Value] = true
			}
		}
	}
}
