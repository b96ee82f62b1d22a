"""A developer's desk at a company: its servers, its private modules, and the caches of a build.

The servers are real and belong to the tests: see `go_static_testing.servers`. The tests follow the
instructions in docs/private-modules.md literally.
"""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from end_to_end.repository import PROJECT, Repository, Result
from go_static_testing.git_servers import publish_git
from go_static_testing.proxy import ModuleProxy, go_sum, with_go_mod
from go_static_testing.servers import Network

PAGE = (PROJECT / "docs" / "private-modules.md").read_text()
USER = "somebody:not-a-real-word"
NETRC = "machine {host} login somebody password {password}\n"

FROM_A_PROXY = "From a module proxy that asks for a password"
OVER_HTTPS = "From git over HTTPS"
OVER_SSH = "From git over SSH"
COMPANY = "Behind a company's proxy and certificate authority"
WITHOUT_TLS = "From servers without TLS"
WITHOUT_NETWORK = "Without a network"

NO_CREDENTIALS = "A server requires authentication; credentials are missing or wrong."


def samples(section: str, language: str = "sh") -> list[str]:
    """The blocks of a section of the page."""
    (text,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    found = re.findall(rf"```{language}\n(.*?)```", text, re.S)
    assert found, f"{section} has no block of {language}"
    return found


@dataclass(frozen=True)
class Module:
    """A module with one package, which has the constant `Text`."""

    path: str
    version: str = "v1.0.0"

    @property
    def files(self) -> dict[str, str]:
        return with_go_mod(self.path, {"lib.go": f'package lib\n\nconst Text = "{self.path}"\n'})

    @property
    def go_sum(self) -> str:
        return go_sum(self.path, self.version, self.files)


def program(module: Module) -> dict[str, str]:
    """A program in the directory `m` that prints a text of the module."""
    return {
        "m/go.mod": f"module example.com/m\n\ngo 1.21\n\nrequire {module.path} {module.version}\n",
        "m/go.sum": module.go_sum,
        "m/main.go": (
            f'package main\n\nimport "{module.path}"\n\nfunc main() {{ println(lib.Text) }}\n'
        ),
        "m/BUILD": 'go_module(name="mod")\ngo_static_binary()\n',
    }


@dataclass
class Desk:
    """A developer's machine on a company network: the home directory, and the shell's variables.
    Module paths contain a part that is unique to the test, because all tests share Go's cache."""

    network: Network
    directory: Path
    variables: dict[str, str] = field(default_factory=dict)
    unique: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def home(self) -> Path:
        return self.directory / "home"

    @property
    def certificates(self) -> Path:
        return self.directory / "company.pem"

    @property
    def modules(self) -> ModuleProxy:
        return ModuleProxy(self.directory / "modules")

    @property
    def repositories(self) -> Path:
        return self.directory / "git"

    def module(self, host: str, name: str = "lib") -> Module:
        """A module that no other test has: directories of tests that passed are used again."""
        return Module(f"{host}/{self.directory.name.replace('_', '-')}-{self.unique}/{name}")

    def publish(self, module: Module) -> None:
        """Publish it in the module proxy and in git."""
        self.modules.publish(module.path, module.version, module.files)
        name = module.path.partition("/")[2]
        name = name if name.endswith(".git") else f"{name}.git"
        publish_git(self.repositories / name, module.version, module.files)

    def netrc(self, text: str) -> None:
        (self.home / ".netrc").write_text(text)

    def follow(self, sample: str) -> None:
        """Follow the page: run its commands and keep its variables."""
        sample = sample.replace("/etc/ssl/company.pem", str(self.certificates))
        sample = sample.replace("proxy.example.com:3128", self.network.address)
        exported = re.findall(r"^export (\w+)=", sample, re.M)
        shown = "".join(f'printf "%s\\n" "${name}"\n' for name in exported)
        done = subprocess.run(
            ["sh", "-eu", "-c", sample + shown],
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        self.variables.update(zip(exported, done.stdout.splitlines()))

    def package(self, repository: Repository, *arguments: str) -> Result:
        """Run `pants package m::`. Its output never contains a password."""
        kept = {
            # A proxy of the machine that runs the tests does not belong to this
            # network.
            name: value
            for name, value in repository.environment.items()
            if not name.upper().endswith("_PROXY")
        }
        here = dataclasses.replace(repository, environment=kept)
        result = here.pants(*arguments, "package", "m::", env=self.environment)
        assert "not-a-real-word" not in result.text_of_backend
        return result

    @property
    def environment(self) -> dict[str, str]:
        proxy = f"http://{self.network.address}"
        return {
            "HTTPS_PROXY": proxy,
            "HTTP_PROXY": proxy,
            # curl reads this variable only in lower case.
            "http_proxy": proxy,
            "SSL_CERT_FILE": str(self.certificates),
            "GIT_SSL_CAINFO": str(self.certificates),
            "HOME": str(self.home),
            **self.variables,
        }


def ran(repository: Repository) -> str:
    """The output of the built program."""
    return repository.run(repository.dist["m/m"]).strip()


def holding(texts: tuple[str, ...], *directories: Path) -> list[str]:
    """The files below the directories that contain one of the texts."""
    patterns = [argument for text in texts for argument in ("-e", text)]
    done = subprocess.run(
        ["grep", "-rlaF", *patterns, *map(str, directories)],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    # Other tests use the same caches: a file may go while it is looked for.
    errors = done.stderr.splitlines()
    assert all(line.endswith(": No such file or directory") for line in errors), done.stderr
    return done.stdout.splitlines()
