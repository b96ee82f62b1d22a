package main

import (
	"strings"
	"testing"
)

const gigabyte = 1 << 30

func TestHeapSettingsAreForMachinesWithEnoughMemory(t *testing.T) {
	large := []string{"GOGC=400", "GOMEMLIMIT=4294967296"}
	expect(t, heapSettings(16*gigabyte, 2), large)
	expect(t, heapSettings(64*gigabyte, 8), large)
	expect(t, heapSettings(16*gigabyte, 8), []string{"GOGC=400", "GOMEMLIMIT=1073741824"})
	expect(t, heapSettings(15*gigabyte, 8), []string(nil))
	expect(t, heapSettings(0, 1), []string(nil))
}

func TestMemoryIsThatOfTheMachineOrOfTheContainer(t *testing.T) {
	meminfo := "MemTotal:       25172064 kB\nMemFree:         1048576 kB\nMemAvailable:   16777216 kB\n"
	for _, test := range []struct {
		meminfo string
		limits  []string
		want    uint64
	}{
		{meminfo, nil, 16 * gigabyte},
		{meminfo, []string{"", ""}, 16 * gigabyte},
		{meminfo, []string{"max\n", ""}, 16 * gigabyte},
		{meminfo, []string{"", "9223372036854771712\n"}, 16 * gigabyte},
		{meminfo, []string{"2147483648\n", ""}, 2 * gigabyte},
		{meminfo, []string{"", "2147483648\n"}, 2 * gigabyte},
		{"", []string{"2147483648\n"}, 0},
		{"MemAvailable: many kB\n", nil, 0},
	} {
		expect(t, memoryOf(test.meminfo, test.limits...), test.want)
	}
}

func TestOnlyTheGoThatCompilesGetsHeapSettings(t *testing.T) {
	box := newSandbox(t, nil)
	set := map[string]bool{}
	for _, variable := range box.compiler("a", []string{"GOGC=300"}, "build").Env {
		set[variable] = true
	}
	for _, variable := range []string{"GOGC=300", "PWD=" + box.inTree("a"), "GOROOT=" + box.goRoot} {
		if !set[variable] {
			t.Errorf("%s is not set", variable)
		}
	}
	for _, variable := range box.goCommand("a", "generate").Environ() {
		if strings.HasPrefix(variable, "GOGC=") {
			t.Errorf("%s is set", variable)
		}
	}
}
