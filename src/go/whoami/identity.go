package main

import (
	"context"
	"net"
	"os"
	"os/user"
	"runtime/debug"
	"strconv"
)

// identity is everything that whoami prints. Names are empty where the machine has none.
type identity struct {
	UID      int     `json:"uid"`
	User     string  `json:"user,omitempty"`
	Home     string  `json:"home,omitempty"`
	Groups   []group `json:"groups"`
	Hostname string  `json:"hostname,omitempty"`
	Lookup   *lookup `json:"lookup,omitempty"`
	Build    build   `json:"build"`
}

type group struct {
	GID  int    `json:"gid"`
	Name string `json:"name,omitempty"`
}

// lookup is what the resolver answered for a name.
type lookup struct {
	Name      string   `json:"name"`
	Addresses []string `json:"addresses"`
}

// build is how this binary was made, as the go command recorded it.
type build struct {
	Go   string `json:"go"`
	Cgo  string `json:"cgo_enabled,omitempty"`
	Tags string `json:"tags,omitempty"`
}

// identify never fails: the ids come from the kernel, and a name that is not found stays empty.
func identify() identity {
	// user.Current is of no use here: without /etc/passwd it wants $USER and $HOME, or fails.
	id := identity{UID: os.Getuid(), Groups: groups(), Build: readBuild()}
	if u, err := user.LookupId(strconv.Itoa(id.UID)); err == nil {
		id.User, id.Home = u.Username, u.HomeDir
	}
	id.Hostname, _ = os.Hostname()
	return id
}

// groups asks the kernel, not /etc/group, which groups the process is in: a container runtime may
// add some that the image has never heard of. The primary group comes first, once.
func groups() []group {
	primary := os.Getgid()
	named := []group{{GID: primary, Name: groupName(primary)}}
	supplementary, _ := os.Getgroups()
	for _, gid := range supplementary {
		if gid != primary {
			named = append(named, group{GID: gid, Name: groupName(gid)})
		}
	}
	return named
}

func groupName(gid int) string {
	g, err := user.LookupGroupId(strconv.Itoa(gid))
	if err != nil {
		return ""
	}
	return g.Name
}

// resolve uses the default resolver, which is the Go one or the C library's as the build decided.
func resolve(ctx context.Context, name string) (*lookup, error) {
	addresses, err := net.DefaultResolver.LookupHost(ctx, name)
	if err != nil {
		return nil, err
	}
	return &lookup{Name: name, Addresses: addresses}, nil
}

func readBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{}
	}
	b := build{Go: info.GoVersion}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "CGO_ENABLED":
			b.Cgo = setting.Value
		case "-tags":
			b.Tags = setting.Value
		}
	}
	return b
}
