package config

import (
	"errors"
	"flag"
	"log/slog"
	"strings"
	"testing"
)

func TestFlagWinsOverEnvironment(t *testing.T) {
	environment := map[string]string{"NODE_NAME": "from-env", "KUBECONFIG": "env.yaml"}
	getenv := func(key string) string { return environment[key] }
	tests := map[string]struct {
		args []string
		want Config
	}{
		"environment": {nil, Config{Node: "from-env", Kubeconfig: "env.yaml"}},
		"flags": {
			[]string{"-node=from-flag", "-kubeconfig=", "-log-level=debug"},
			Config{Node: "from-flag", LogLevel: slog.LevelDebug},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.want.MetricsAddr, test.want.StatusAddr = ":9464", "localhost:9465"
			got, err := Parse(test.args, getenv, t.Output())
			if err != nil || got != test.want {
				t.Errorf("got %+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

func TestWrongUsageSaysWhy(t *testing.T) {
	noEnvironment := func(string) string { return "" }
	tests := []struct {
		args   []string
		err    error
		output string
	}{
		{[]string{"-log-level=loud"}, ErrUsage, "loud"},
		{[]string{"start"}, ErrUsage, "unexpected argument: start"},
		{[]string{"-node="}, ErrUsage, "$NODE_NAME"},
		{[]string{"-help"}, flag.ErrHelp, "-kubeconfig"},
	}
	for _, test := range tests {
		var output strings.Builder
		_, err := Parse(test.args, noEnvironment, &output)
		if !errors.Is(err, test.err) || !strings.Contains(output.String(), test.output) {
			t.Errorf("%v: %v, %q; want %v and %q", test.args, err, output.String(), test.err, test.output)
		}
	}
}
