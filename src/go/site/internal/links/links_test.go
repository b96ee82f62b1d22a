package links

import (
	"slices"
	"testing"
	"testing/fstest"

	"example.com/site/internal/render"
)

func TestCheckFindsWhatLeadsNowhere(t *testing.T) {
	tests := map[string]struct {
		markdown string
		want     []Broken
	}{
		"links that work": {
			"# Home\n\n[a](/) [b](index.html) [c](#home) [d](/robots.txt) [e](https://go.dev/x) [f](mailto:a@b)\n",
			nil,
		},
		"a missing file": {
			"# Home\n\n[a](gone.html)\n",
			[]Broken{{"index.html", "gone.html", "no such file"}},
		},
		"a missing heading": {
			"# Home\n\n[a](#gone)\n",
			[]Broken{{"index.html", "#gone", "no such place in the page"}},
		},
		"a missing picture": {
			"# Home\n\n![a](/cat.png)\n",
			[]Broken{{"index.html", "/cat.png", "no such file"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			site, err := render.New(render.Sources{
				Pages:     fstest.MapFS{"index.md": {Data: []byte(test.markdown)}},
				Templates: fstest.MapFS{"page.html": {Data: []byte("<!DOCTYPE html>\n<br>{{.Body}}")}},
				Static:    fstest.MapFS{"robots.txt": {}},
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := Check(site)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %v, %v; want %v", got, err, test.want)
			}
		})
	}
}

func TestEmbeddedSiteHasNoBrokenLink(t *testing.T) {
	site, err := render.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	broken, err := Check(site)
	if err != nil || len(broken) > 0 {
		t.Errorf("got %v, %v; want none", broken, err)
	}
}
