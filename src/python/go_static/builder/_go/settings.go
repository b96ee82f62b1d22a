package main

import (
	"os"
	"strings"
)

// settingsName is the name of the in-memory file with the caller's settings.
const settingsName = "go_static_settings"

// readSettings sets the environment variables in a file: `NAME=value` and a NUL each. It removes a
// file on disk as soon as it has read it. A missing file is not an error, nor is a path in /proc
// that leads to another file: in a container, the process ID in it belongs to another process, and
// the container has settings of its own.
func readSettings(path string) error {
	inMemory := strings.HasPrefix(path, "/proc/")
	if inMemory {
		target, err := os.Readlink(path)
		if err != nil || !strings.HasPrefix(target, "/memfd:"+settingsName) {
			return nil
		}
	}
	content, err := os.ReadFile(path)
	if !inMemory {
		if err != nil {
			return nil
		}
		err = os.Remove(path)
	}
	if err != nil {
		return err
	}
	for _, setting := range strings.Split(string(content), "\x00") {
		name, value, found := strings.Cut(setting, "=")
		if !found {
			continue
		}
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}
