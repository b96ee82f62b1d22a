package memlimit

import "testing"

func TestUnifiedGroup(t *testing.T) {
	tests := map[string]struct {
		membership, want string
		ok               bool
	}{
		"version 2":            {"0::/system.slice/site.service\n", "/system.slice/site.service", true},
		"in a container":       {"0::/\n", "/", true},
		"both versions":        {"4:memory:/a\n0::/b\n", "/b", true},
		"version 1":            {"4:memory:/a\n", "", false},
		"no control groups":    {"", "", false},
		"a colon in the group": {"0::/user:1\n", "/user:1", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, ok := unifiedGroup(test.membership); got != test.want || ok != test.ok {
				t.Errorf("got %q, %v; want %q, %v", got, ok, test.want, test.ok)
			}
		})
	}
}

func TestParseLimit(t *testing.T) {
	tests := []struct {
		value string
		want  int64
		ok    bool
	}{
		{"268435456\n", 256 << 20, true},
		{"max\n", 0, false},
		{"", 0, false},
	}
	for _, test := range tests {
		if got, ok := parseLimit(test.value); got != test.want || ok != test.ok {
			t.Errorf("parseLimit(%q) = %d, %v; want %d, %v", test.value, got, ok, test.want, test.ok)
		}
	}
}
