package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/site/internal/render"
)

// request sends one request to a server of the embedded site.
func request(t *testing.T, method, path string, header http.Header) *http.Response {
	t.Helper()
	site, err := render.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, nil)
	r.Header = header
	recorder := httptest.NewRecorder()
	newHandler(site).ServeHTTP(recorder, r)
	return recorder.Result()
}

func TestStatusAndContentType(t *testing.T) {
	tests := []struct {
		method, path string
		status       int
		contentType  string
	}{
		{"GET", "/", 200, "text/html"},
		{"HEAD", "/", 200, "text/html"},
		{"GET", "/style.css", 200, "text/css"},
		{"GET", "/.well-known/security.txt", 200, "text/plain"},
		{"GET", "/gone.html", 404, "text/plain"},
		{"POST", "/", 405, "text/plain"},
	}
	for _, test := range tests {
		response := request(t, test.method, test.path, http.Header{})
		contentType := response.Header.Get("Content-Type")
		if response.StatusCode != test.status || !strings.HasPrefix(contentType, test.contentType) {
			t.Errorf("%s %s: %d, %q; want %d, %q", test.method, test.path,
				response.StatusCode, contentType, test.status, test.contentType)
		}
	}
}

func TestUnchangedFileIsNotSentAgain(t *testing.T) {
	etag := request(t, "GET", "/", http.Header{}).Header.Get("ETag")
	response := request(t, "GET", "/", http.Header{"If-None-Match": {etag}})
	if response.StatusCode != http.StatusNotModified {
		t.Errorf("status %d; want %d", response.StatusCode, http.StatusNotModified)
	}
}
