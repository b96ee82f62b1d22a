"""Small Go modules that the tests write into repositories."""

from __future__ import annotations

GO_MOD = "module example.com/{name}\n\ngo 1.21\n"

# The two packages in the standard library that use cgo if it is on: net and os/user.
NETWORK_MAIN = """\
package main

import (
	"fmt"
	"net"
	"os"
	"os/user"
)

var version = "dev"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "-version" {
		fmt.Println(version)
		return
	}
	who, err := user.Current()
	fmt.Println(who, err)
	fmt.Println(net.LookupHost("localhost"))
}
"""

TINY_MAIN = "package main\n\nfunc main() { println(%s) }\n"


def network_program(directory: str, build: str = "go_static_binary()\n") -> dict[str, str]:
    """A module in `directory` whose program uses net and os/user."""
    return {
        f"{directory}/go.mod": GO_MOD.format(name=directory),
        f"{directory}/main.go": NETWORK_MAIN,
        f"{directory}/BUILD": 'go_module(name="mod")\n' + build,
    }


def tiny_program(
    directory: str, text: str = "hello", build: str = "go_static_binary()\n"
) -> dict[str, str]:
    """A module in `directory` whose program prints a text to standard error. It builds quickly."""
    return {
        f"{directory}/go.mod": GO_MOD.format(name=directory),
        f"{directory}/main.go": TINY_MAIN % f'"{text}"',
        f"{directory}/BUILD": f'go_module(name="mod")\n\n{build}',
    }
