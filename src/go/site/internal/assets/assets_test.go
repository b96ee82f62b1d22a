package assets

import (
	"io/fs"
	"testing"
)

func TestHiddenFilesAreEmbedded(t *testing.T) {
	if _, err := fs.Stat(Static(), ".well-known/security.txt"); err != nil {
		t.Error(err)
	}
}

func TestEveryDirectoryHoldsWhatItsNameSays(t *testing.T) {
	tests := []struct {
		name    string
		fsys    fs.FS
		pattern string
	}{
		{"Static", Static(), "*.css"},
		{"Pages", Pages(), "index.md"},
		{"Templates", Templates(), "page.html"},
	}
	for _, test := range tests {
		found, err := fs.Glob(test.fsys, test.pattern)
		if err != nil || len(found) == 0 {
			t.Errorf("%s() holds no %s: %v", test.name, test.pattern, err)
		}
	}
}
