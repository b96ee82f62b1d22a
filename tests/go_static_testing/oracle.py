"""A Go program, compiled from Go's own sources, that gives Go's own answers."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from go_static_testing.go_tool import GoTool

_MAIN = """\
package main

import (
	"encoding/json"
	"go/version"
	"os"

	"example.com/oracle/quoted"
)

func main() {
	var questions struct {
		Compare [][2]string
		Split   []string
	}
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	var answers struct {
		Compare []int
		Split   []any
	}
	for _, pair := range questions.Compare {
		answers.Compare = append(answers.Compare, version.Compare("go"+pair[0], "go"+pair[1]))
	}
	for _, text := range questions.Split {
		words, err := quoted.Split(text)
		if err != nil {
			answers.Split = append(answers.Split, err.Error())
		} else {
			answers.Split = append(answers.Split, append([]string{}, words...))
		}
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}
"""


@dataclass(frozen=True)
class Oracle:
    program: Path

    @classmethod
    def build(cls, go: GoTool, directory: Path) -> Oracle:
        (directory / "quoted").mkdir()
        source = go.root / "src" / "cmd" / "internal" / "quoted" / "quoted.go"
        assert source.is_file(), f"{source} is missing: the tests need a whole Go distribution"
        shutil.copy(source, directory / "quoted")
        (directory / "go.mod").write_text("module example.com/oracle\n\ngo 1.22\n")
        (directory / "main.go").write_text(_MAIN)
        program = directory / "oracle"
        go.output(
            "build", "-trimpath", "-o", str(program), ".", cwd=directory, env={"CGO_ENABLED": "0"}
        )
        return cls(program)

    def compare(self, pairs: Sequence[tuple[str, str]]) -> list[int]:
        """go/version.Compare: -1, 0 or 1 for each pair of versions without the `go` prefix."""
        return list(self._ask({"Compare": list(pairs)})["Compare"])

    def split(self, texts: Sequence[str]) -> list[list[str] | str]:
        """quoted.Split: the words of each text, or its error."""
        return list(self._ask({"Split": list(texts)})["Split"])

    def _ask(self, questions: dict[str, object]) -> dict[str, Any]:
        done = subprocess.run(
            [str(self.program)],
            input=json.dumps(questions),
            capture_output=True,
            text=True,
            check=True,
        )
        answers: dict[str, Any] = json.loads(done.stdout)
        return answers
