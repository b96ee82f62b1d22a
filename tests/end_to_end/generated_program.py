"""A program with a generator that is part of its module."""

from __future__ import annotations

GO_MOD = "module example.com/{name}\n\ngo 1.24\n"

# A generator in the module itself: it writes a constant with the text of a template.
GENERATOR = """\
package main

import (
	"fmt"
	"os"

	"example.com/{name}/internal/format"
)

func main() {{
	text, err := os.ReadFile(os.Args[1])
	if err != nil {{
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}}
	if err := os.WriteFile(os.Args[2], format.Constant(string(text)), 0o644); err != nil {{
		panic(err)
	}}
}}
"""
FORMAT = """\
package format

import "fmt"

func Constant(text string) []byte {
	return []byte(fmt.Sprintf("package words\\n\\nconst Text = %q\\n", text))
}
"""
WORDS = """\
package words

//go:generate go run ../internal/generator template.txt text.go
"""
MAIN = """\
package main

import (
	"fmt"

	"example.com/{name}/words"
)

func main() {{ fmt.Print(words.Text) }}
"""


def generated_program(name: str, text: str = "hello\n") -> dict[str, str]:
    """A module in `name` whose program prints the generated text."""
    return {
        f"{name}/go.mod": GO_MOD.format(name=name),
        f"{name}/internal/generator/main.go": GENERATOR.format(name=name),
        f"{name}/internal/format/format.go": FORMAT,
        f"{name}/words/words.go": WORDS,
        f"{name}/words/template.txt": text,
        f"{name}/other/other.go": "package other\n",
        f"{name}/main.go": MAIN.format(name=name),
        f"{name}/BUILD": (
            'go_module(name="mod")\n'
            'go_codegen(name="words", packages=["words"])\n'
            f'go_static_binary(name="{name}", codegen=[":words"])\n'
            f'go_static_binary(name="generator", main="internal/generator")\n'
        ),
    }
