package main

import (
	"bytes"
	"testing"
)

func TestTextLeavesOutWhatIsNotKnown(t *testing.T) {
	tests := map[string]struct {
		id   identity
		want string
	}{
		"a process in an empty image": {
			identity{UID: 65532, Groups: []group{{GID: 65532}}, Build: build{Go: "go1.25"}},
			"user    65532\ngroups  65532\nbuild   go1.25\n",
		},
		"a user of a whole system": {
			identity{
				UID: 1000, User: "ada", Home: "/home/ada",
				Groups:   []group{{GID: 1000, Name: "ada"}, {GID: 27, Name: "sudo"}},
				Hostname: "engine",
				Lookup:   &lookup{Name: "localhost", Addresses: []string{"127.0.0.1", "::1"}},
				Build:    build{Go: "go1.25", Cgo: "0", Tags: "netgo,osusergo"},
			},
			"user       1000(ada)\n" +
				"home       /home/ada\n" +
				"groups     1000(ada) 27(sudo)\n" +
				"hostname   engine\n" +
				"localhost  127.0.0.1 ::1\n" +
				"build      go1.25 CGO_ENABLED=0 -tags=netgo,osusergo\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := writeText(&out, test.id); err != nil {
				t.Fatal(err)
			}
			if out.String() != test.want {
				t.Errorf("got:\n%swant:\n%s", out.String(), test.want)
			}
		})
	}
}
