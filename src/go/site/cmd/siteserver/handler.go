package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"

	"example.com/site/internal/render"
)

// newHandler serves the files of a site to GET and HEAD requests.
//
// An embedded file has no modification time, so a browser could not ask whether its copy is still
// good. The hash of the content is sent as its ETag instead: it is the same in every replica.
func newHandler(site *render.Site) http.Handler {
	etags := map[string]string{}
	for _, name := range site.Names() {
		content, _ := site.File(name)
		etags[name] = fmt.Sprintf(`"%x"`, sha256.Sum256(content))
	}

	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		name, ok := site.Resolve(r.URL.Path)
		if !ok {
			http.NotFound(w, r)
			return
		}
		content, _ := site.File(name)
		w.Header().Set("ETag", etags[name])
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
	return mux
}
