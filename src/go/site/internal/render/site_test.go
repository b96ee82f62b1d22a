package render

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// sources is the smallest site; tests add to it.
func sources() (Sources, fstest.MapFS, fstest.MapFS) {
	pages := fstest.MapFS{"index.md": file("# Start & finish\n\nHello.\n")}
	static := fstest.MapFS{"style.css": file("body {}")}
	templates := fstest.MapFS{"page.html": file(
		`<title>{{.Title}}</title>{{range .Menu}}<a href="{{.Path}}">{{end}}{{.Body}}`)}
	return Sources{Pages: pages, Templates: templates, Static: static}, pages, static
}

func file(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }

func TestPageIsRenderedIntoTheTemplate(t *testing.T) {
	all, _, _ := sources()
	site, err := New(all)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := site.File("index.html")
	want := `<title>Start &amp; finish</title><a href="/">` +
		"<h1 id=\"start--finish\">Start &amp; finish</h1>\n<p>Hello.</p>\n"
	if string(got) != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestBadSourcesAreErrorsThatNameTheFile(t *testing.T) {
	tests := map[string]struct {
		spoil func(pages, static fstest.MapFS)
		want  string
	}{
		"a page without a title": {
			func(pages, _ fstest.MapFS) { pages["about.md"] = file("No heading.\n") }, "about.md",
		},
		"an empty page": {
			func(pages, _ fstest.MapFS) { pages["about.md"] = file("") }, "about.md",
		},
		"a picture among the pages": {
			func(pages, _ fstest.MapFS) { pages["cat.png"] = file("\x89PNG") }, "cat.png",
		},
		"a static file in the place of a page": {
			func(_, static fstest.MapFS) { static["index.html"] = file("") }, "index.html",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all, pages, static := sources()
			test.spoil(pages, static)
			if _, err := New(all); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v; want an error that names %s", err, test.want)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	all, pages, _ := sources()
	pages["guide/index.md"] = file("# Guide\n")
	site, err := New(all)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		urlPath, name string
		ok            bool
	}{
		{"/", "index.html", true},
		{"/guide/", "guide/index.html", true},
		{"/guide/index.html", "guide/index.html", true},
		{"/style.css", "style.css", true},
		{"/../style.css", "style.css", true},
		{"/guide", "guide", false},
		{"/style.css/", "style.css/index.html", false},
	}
	for _, test := range tests {
		if name, ok := site.Resolve(test.urlPath); name != test.name || ok != test.ok {
			t.Errorf("Resolve(%q) = %q, %v; want %q, %v", test.urlPath, name, ok, test.name, test.ok)
		}
	}
}

func TestEmbeddedSiteHoldsPagesAndHiddenFiles(t *testing.T) {
	site, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index.html", "guide/embed.html", ".well-known/security.txt"} {
		if !slices.Contains(site.Names(), name) {
			t.Errorf("%s is missing from %v", name, site.Names())
		}
	}
}
