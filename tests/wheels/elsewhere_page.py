"""The recipes in docs/elsewhere.md, each run as its service runs it, as far as this machine can."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from end_to_end.pages import blocks_of
from go_static_testing.servers import Network, Request, Response
from wheels.install_page import PROJECT

PAGE = "docs/elsewhere.md"
# Where the page has a SHA-256.
SHOWN_DIGEST = "0" * 64
_BASE_IMAGE = Path(__file__).with_name("base_image.sh")


def block(title: str) -> str:
    """The only block of a section."""
    (found,) = blocks_of(PAGE, title)
    return found.text


@dataclass(frozen=True)
class OneFile:
    """A site that has elf-static.pyz."""

    content: bytes

    def respond(self, request: Request) -> Response:
        return Response(200, self.content) if request.path == "/elf-static.pyz" else Response(404)


@dataclass(frozen=True)
class Done:
    code: int
    output: str


@dataclass(frozen=True)
class Job:
    """A directory with a checkout, on a machine that reaches the site with the checker."""

    root: Path
    checker: bytes
    network: Network
    variables: Mapping[str, str]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.checker).hexdigest()

    def pinned(self, text: str) -> str:
        """What a page shows, with the SHA-256 of the checker."""
        assert SHOWN_DIGEST in text
        return text.replace(SHOWN_DIGEST, self.digest)

    def run(self, command: list[str], **variables: str) -> Done:
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**self.variables, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout)

    def action(self, inputs: Mapping[str, Any]) -> Done:
        """Run the steps of action.yml, as GitHub's runner does with `shell: bash`."""
        action = yaml.safe_load((PROJECT / "action.yml").read_text())
        assert action["runs"]["using"] == "composite"
        given = {name: each.get("default", "") for name, each in action["inputs"].items()}
        unknown = set(inputs) - set(given)
        assert not unknown, unknown
        given.update(inputs)
        output = ""
        for step in action["runs"]["steps"]:
            assert step["shell"] == "bash"
            # An expression in a script would be text of the script.
            assert "${{" not in step["run"]
            script = self.root.parent / "step.sh"
            script.write_text(step["run"])
            done = self.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
                **{
                    name: re.sub(
                        r"\$\{\{ inputs\.(\w+) \}\}", lambda found: str(given[found[1]]), value
                    )
                    for name, value in step["env"].items()
                },
            )
            output += done.output
            if done.code != 0:
                return Done(done.code, output)
        return Done(0, output)

    def component(self, inputs: Mapping[str, Any]) -> Done:
        """Run the job of the GitLab component, as GitLab's runner does in an image with a shell."""
        header, text = (PROJECT / "templates/elf-static.yml").read_text().split("\n---\n")
        declared = yaml.safe_load(header)["spec"]["inputs"]
        unknown = set(inputs) - set(declared)
        assert not unknown, unknown
        given = {name: each.get("default") for name, each in declared.items()}
        given.update(inputs)
        missing = [name for name, value in given.items() if value is None]
        assert not missing, missing
        job = yaml.safe_load(text)["elf-static"]

        def filled(value: str) -> str:
            return re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: str(given[found[1]]), value)

        assert filled(job["stage"]) == "test"
        variables = {}
        for name, each in job["variables"].items():
            assert each["expand"] is False
            variables[name] = filled(each["value"])
        assert not any("$[[" in line for line in job["script"])
        return self.run(["sh", "-e", "-c", "\n".join(job["script"])], **variables)

    def image(self, containerfile: str, directory: Path) -> Done:
        """Build an image, one directory for each stage. The base images are not here: what runs in
        one finds the programs of this machine."""
        stages: dict[str, Path] = {}
        root = directory
        for word, *rest in (line.split() for line in containerfile.splitlines()[1:] if line):
            options = dict(part[2:].split("=") for part in rest if part.startswith("--"))
            arguments = [part for part in rest if not part.startswith("--")]
            if word == "FROM":
                root = directory / (arguments[2] if len(arguments) == 3 else "last")
                root.mkdir(parents=True)
                stages[root.name] = root
            elif word == "ADD":
                url, place = arguments
                done = self.run(["curl", "-fsS", "-o", str(root / "added"), url])
                assert done.code == 0, done.output
                added = (root / "added").rename(f"{root}{place}{url.rpartition('/')[2]}")
                digest = hashlib.sha256(added.read_bytes()).hexdigest()
                assert options["checksum"] == f"sha256:{digest}"
            elif word == "COPY":
                source, place = arguments
                origin = stages[options["from"]] if "from" in options else self.root
                shutil.copy2(origin / source.lstrip("/"), f"{root}{place}")
            elif word == "RUN":
                inside = ["unshare", "--user", "--map-root-user", "--mount", str(_BASE_IMAGE)]
                done = self.run(
                    [*inside, str(root), " ".join(rest)], PATH="/usr/sbin:/usr/bin:/bin"
                )
                if done.code != 0:
                    return done
            else:
                assert word == "ENTRYPOINT", word
        return Done(0, "")


def variables_of(network: Network, certificates: Path, temporary: Path) -> dict[str, str]:
    """The environment of a job behind a proxy."""
    return {
        "CURL_CA_BUNDLE": str(certificates),
        "HOME": str(temporary),
        "HTTPS_PROXY": f"http://{network.address}",
        "https_proxy": f"http://{network.address}",
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(temporary),
        "SSL_CERT_FILE": str(certificates),
    }
