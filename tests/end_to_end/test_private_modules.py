"""Private modules: credentials, certificates and proxies reach the download, and nothing else.

The servers are real ones of the tests' own: see `go_static_testing.servers`. What a user is told to
do is done as docs/private-modules.md says it.
"""

from __future__ import annotations

import base64
import dataclasses
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
import pytest
import trustme

from end_to_end.repository import PROJECT, Repository, Result
from go_static_testing.proxy import ModuleProxy, go_sum, with_go_mod
from go_static_testing.servers import (
    FailingSite,
    GitSite,
    ModuleSite,
    Network,
    SshGitServer,
    publish_git,
    ssh_agent,
)

PAGE = (PROJECT / "docs" / "private-modules.md").read_text()
USER = "somebody:not-a-real-word"
NETRC = "machine {host} login somebody password {password}\n"

FROM_A_PROXY = "From a module proxy that asks for a password"
OVER_HTTPS = "From git over HTTPS"
OVER_SSH = "From git over SSH"
COMPANY = "With certificates and proxies of a company"
WITHOUT_TLS = "From servers without TLS"
WITHOUT_NETWORK = "Without a network"

NO_CREDENTIALS = "A server wants a user and a password, and was given none, or not the right ones."


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
    """A developer's machine in the network of a company: the home directory, and the variables of
    the shell. Module paths have a part of the test's own, since all tests share Go's cache."""

    network: Network
    directory: Path
    variables: dict[str, str] = field(default_factory=dict)

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
        return Module(f"{host}/{self.directory.name.replace('_', '-')}/{name}")

    def publish(self, module: Module) -> None:
        """In the module proxy and in git."""
        self.modules.publish(module.path, module.version, module.files)
        name = module.path.partition("/")[2]
        name = name if name.endswith(".git") else f"{name}.git"
        publish_git(self.repositories / name, module.version, module.files)

    def netrc(self, text: str) -> None:
        (self.home / ".netrc").write_text(text)

    def follow(self, sample: str) -> None:
        """Do what the page says: the commands run, and the variables stay."""
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
        """`pants package m::`. No password is ever in what it says."""
        kept = {
            # Whatever proxy the tests' own machine has is not this network's.
            name: value
            for name, value in repository.environment.items()
            if not name.upper().endswith("_PROXY")
        }
        here = dataclasses.replace(repository, environment=kept)
        result = here.pants(*arguments, "package", "m::", env=self.environment)
        # At -ldebug the client of newer Pants lists the variables that it hands to pantsd, before
        # anything of this backend runs.
        said = [line for line in result.all_text.splitlines() if " nails::client] " not in line]
        assert "not-a-real-word" not in "\n".join(said)
        return result

    @property
    def environment(self) -> dict[str, str]:
        proxy = f"http://{self.network.address}"
        return {
            "HTTPS_PROXY": proxy,
            "HTTP_PROXY": proxy,
            # curl reads the lower case only, of this one.
            "http_proxy": proxy,
            "SSL_CERT_FILE": str(self.certificates),
            "GIT_SSL_CAINFO": str(self.certificates),
            "HOME": str(self.home),
            **self.variables,
        }


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def desk(tmp_path: Path, authority: trustme.CA) -> Iterator[Desk]:
    with Network(authority).serving() as network:
        created = Desk(network, tmp_path)
        created.home.mkdir(exist_ok=True)
        authority.cert_pem.write_to_path(str(created.certificates))
        yield created


def ran(repository: Repository) -> str:
    """The output of the program that was built."""
    return repository.run(repository.dist["m/m"]).strip()


def holding(texts: tuple[str, ...], *directories: Path) -> list[str]:
    """The files below the directories that have one of the texts somewhere in them."""
    patterns = [argument for text in texts for argument in ("-e", text)]
    done = subprocess.run(
        ["grep", "-rlaF", *patterns, *map(str, directories)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def test_a_module_proxy_gets_the_password_that_is_in_netrc(project: Repository, desk: Desk) -> None:
    """All in one pantsd: a failure is not remembered."""
    module = desk.module("corp.example.com")
    desk.publish(module)
    desk.network.sites["goproxy.example.com"] = ModuleSite(desk.modules, USER)
    project.write(program(module))
    desk.follow(samples(FROM_A_PROXY)[0])
    nobody = (f"{module.path}@v1.0.0:", "401 Unauthorized", NO_CREDENTIALS)

    desk.package(project).failed_with(*nobody, "GOPROXY=https://goproxy.example.com")
    desk.netrc(NETRC.format(host="goproxy.example.com", password="another-not-a-real-word"))
    desk.package(project).failed_with(*nobody)
    assert project.dist == {}
    desk.netrc(*samples(FROM_A_PROXY, "text"))
    desk.package(project).succeeded()

    assert ran(project) == module.path
    users = dict.fromkeys(visit.user for visit in desk.network.visits if visit.path)
    assert list(users) == ["", "somebody:another-not-a-real-word", USER]
    assert desk.network.hosts == {"goproxy.example.com"}

    # What is there is not asked for again, and what is missing once.
    desk.network.sites.clear()
    project.write({"m/other.go": "package main\n"})
    assert "Download" not in desk.package(project).succeeded().log
    project.write(program(desk.module("corp.example.com", "missing")))
    missing = desk.package(project).failed_with("missing@v1.0.0:", "Bad Gateway")
    assert missing.log.count("Starting: Download the modules of m/go.mod") == 1


def test_a_password_in_the_url_of_a_module_proxy_is_used_and_never_shown(
    repository: Repository, desk: Desk
) -> None:
    # A pantsd of its own: another level of its log is another pantsd.
    repository.pantsd = True
    module = desk.module("corp.example.com")
    desk.publish(module)
    desk.network.sites["goproxy.example.com"] = ModuleSite(desk.modules, USER)
    repository.write(program(module))

    desk.variables["GOPROXY"] = "https://somebody:wrong-not-a-real-word@goproxy.example.com"
    desk.package(repository, "-ldebug").failed_with(
        "401 Unauthorized", NO_CREDENTIALS, "GOPROXY=https://***@goproxy.example.com"
    )
    desk.variables["GOPROXY"] = f"https://{USER}@goproxy.example.com"
    desk.package(repository, "-ldebug").succeeded()

    assert USER in {visit.user for visit in desk.network.visits if visit.status == 200}
    assert holding(("not-a-real-word",), repository.root, repository.toolbox.caches) == []
    assert holding(("handling request",), repository.root / ".pants.d")


def test_a_certificate_of_the_company_counts_when_it_is_named(
    project: Repository, desk: Desk
) -> None:
    """For Go, the proxy being one that asks for a user."""
    module = desk.module("corp.example.com")
    desk.publish(module)
    desk.network.sites["goproxy.example.com"] = ModuleSite(desk.modules)
    desk.network.user = "user:not-a-real-word"
    project.write(program(module))
    desk.variables["GOPROXY"] = "https://goproxy.example.com"

    desk.package(project).failed_with(
        "Proxy Authentication Required", "The proxy wants a user and a password"
    )
    desk.follow(*samples(COMPANY))
    known = desk.variables["SSL_CERT_FILE"]
    desk.variables["SSL_CERT_FILE"] = "/dev/null"
    desk.package(project).failed_with(
        "certificate signed by unknown authority",
        "A server's certificate is not of an authority that is known here.",
        f"HTTPS_PROXY=http://***@{desk.network.address}",
    )
    desk.variables["SSL_CERT_FILE"] = known
    desk.package(project).succeeded()

    served = [visit for visit in desk.network.visits if visit.status == 200]
    assert {visit.proxy_user for visit in served} == {"user:not-a-real-word"}


@pytest.mark.parametrize(
    ("chain", "first", "mirror"),
    [
        pytest.param(
            "https://goproxy.example.com,https://mirror.example.com",
            404,
            True,
            id="a comma after what is not found",
        ),
        pytest.param(
            "https://goproxy.example.com|https://mirror.example.com",
            500,
            True,
            id="a bar after an error",
        ),
        pytest.param("", 500, False, id="the chain of the page, down to git"),
    ],
)
def test_a_chain_of_module_proxies_is_gone_along(
    chain: str, first: int, mirror: bool, project: Repository, desk: Desk
) -> None:
    module = desk.module("git.example.com")
    desk.publish(module)
    desk.network.sites = {
        "goproxy.example.com": FailingSite(first),
        "mirror.example.com": ModuleSite(desk.modules) if mirror else FailingSite(404),
        "git.example.com": GitSite(desk.repositories),
    }
    project.write(program(module))
    if chain:
        desk.variables["GOPROXY"] = chain
    else:
        desk.follow(samples(FROM_A_PROXY)[1])

    desk.package(project).succeeded()

    assert ran(project) == module.path
    expected = {"goproxy.example.com", "mirror.example.com"}
    assert desk.network.hosts == expected | (set() if mirror else {"git.example.com"})


def test_a_module_proxy_that_fails_ends_a_chain_with_commas(
    project: Repository, desk: Desk
) -> None:
    module = desk.module("corp.example.com")
    desk.publish(module)
    desk.network.sites = {
        "goproxy.example.com": FailingSite(500),
        "mirror.example.com": ModuleSite(desk.modules),
    }
    project.write(program(module))
    desk.variables["GOPROXY"] = "https://goproxy.example.com,https://mirror.example.com"

    desk.package(project).failed_with(
        "500 Internal Server Error", "Check that the proxy can be reached and has the module"
    )

    assert desk.network.hosts == {"goproxy.example.com"}


def test_a_private_module_comes_from_git_over_https_and_nobody_else_hears_of_it(
    project: Repository, desk: Desk
) -> None:
    module = desk.module("git.example.com")
    desk.publish(module)
    desk.network.sites["git.example.com"] = GitSite(desk.repositories, USER)
    desk.network.user = "user:not-a-real-word"
    project.write(program(module))
    desk.follow(*samples(COMPANY))
    desk.follow(samples(OVER_HTTPS)[0])

    desk.package(project).failed_with(NO_CREDENTIALS, "GOPRIVATE=git.example.com")
    desk.netrc(*samples(OVER_HTTPS, "text"))
    certificates = desk.variables["GIT_SSL_CAINFO"]
    desk.variables["GIT_SSL_CAINFO"] = "/dev/null"
    desk.package(project).failed_with(
        "certificate", "A server's certificate is not of an authority that is known here."
    )
    desk.variables["GIT_SSL_CAINFO"] = certificates
    desk.package(project).succeeded()

    assert ran(project) == module.path
    assert desk.network.hosts == {"git.example.com"}
    served = [visit for visit in desk.network.visits if visit.status == 200]
    assert {visit.user for visit in served} == {USER}
    assert {visit.proxy_user for visit in served} == {"user:not-a-real-word"}
    paths = {visit.path.rpartition("/")[2] for visit in served}
    assert paths >= {"lib?go-get=1", "git-upload-pack"}


def test_git_over_ssh_uses_the_agent(project: Repository, desk: Desk) -> None:
    module = desk.module("git.example.com")
    desk.publish(module)
    project.write(program(module))
    # It is asked which repository the module is in, and nothing else.
    desk.network.sites["git.example.com"] = GitSite(desk.repositories)
    desk.follow(*samples(OVER_SSH))
    key = asyncssh.generate_private_key("ssh-ed25519")
    with ExitStack() as stack:
        server = stack.enter_context(SshGitServer(desk.repositories, "git", key).serving())
        agent = stack.enter_context(ssh_agent(key))
        known_hosts = desk.directory / "known_hosts"
        known_hosts.write_text("")
        config = desk.directory / "ssh_config"
        # ssh looks for its files where the system says the user's home is, whatever HOME says.
        config.write_text(
            "Host git.example.com\n"
            f"HostName 127.0.0.1\nPort {server.port}\nHostKeyAlias git.example.com\n"
            f"UserKnownHostsFile {known_hosts}\nGlobalKnownHostsFile /dev/null\n"
            "IdentityFile none\n"
        )
        desk.variables["GIT_SSH_COMMAND"] = f"ssh -F {config}"

        desk.package(project).failed_with(
            "Host key verification failed", "ssh does not know the server"
        )
        assert server.offered == []
        known_hosts.write_text(f"git.example.com {server.public_host_key}\n")
        desk.package(project).failed_with(
            "Permission denied (publickey", "`ssh-add -l` lists those that the agent"
        )
        assert server.commands == []
        desk.variables["SSH_AUTH_SOCK"] = agent
        desk.package(project).succeeded()

        assert ran(project) == module.path
        assert set(server.offered) == {("git", True)}
        assert server.commands
    served = {visit.path for visit in desk.network.visits if visit.status == 200}
    assert served == {f"/{module.path.partition('/')[2]}?go-get=1"}


def test_a_server_without_tls_is_asked_only_when_goinsecure_names_it(
    project: Repository, desk: Desk
) -> None:
    module = desk.module("git.example.com")
    desk.publish(module)
    desk.network.sites["git.example.com"] = GitSite(desk.repositories)
    desk.network.without_tls.add("git.example.com")
    project.write(program(module))
    desk.follow(*samples(WITHOUT_TLS))
    insecure = desk.variables.pop("GOINSECURE")

    desk.package(project).failed_with(f"{module.path}@v1.0.0:")
    assert {visit.scheme for visit in desk.network.visits} == {"https"}
    desk.variables["GOINSECURE"] = insecure
    desk.package(project).succeeded()

    assert ran(project) == module.path
    assert {visit.scheme for visit in desk.network.visits if visit.status == 200} == {"http"}


def test_the_public_checksum_database_hears_of_no_module_that_gonosumdb_names(
    project: Repository, desk: Desk
) -> None:
    """Go asks it for what go.sum has no hash of: a module below Go 1.17 downloads modules too of
    which it uses nothing."""
    unused = desk.module("corp.example.com", "unused")
    used = desk.module("corp.example.com", "used")
    below = {"go.mod": f"module {unused.path}\n\ngo 1.16\n", "x.go": "package unused\n"}
    files = {
        **used.files,
        "go.mod": f"module {used.path}\n\ngo 1.16\n\nrequire {unused.path} v1.0.0\n",
    }
    desk.modules.publish(unused.path, unused.version, below)
    desk.modules.publish(used.path, used.version, files)
    desk.network.sites["goproxy.example.com"] = ModuleSite(desk.modules, USER)
    netrc = desk.directory / "netrc"
    netrc.write_text(*samples(FROM_A_PROXY, "text"))
    desk.variables["NETRC"] = str(netrc)
    project.write(
        {
            **program(used),
            "m/go.mod": f"module example.com/m\n\ngo 1.16\n\nrequire {used.path} v1.0.0\n",
            "m/go.sum": (
                go_sum(used.path, used.version, files)
                + go_sum(unused.path, unused.version, below).splitlines()[1]
            ),
        }
    )
    desk.variables["GOPROXY"] = "https://goproxy.example.com"

    desk.package(project).failed_with(
        f"{unused.path}@v1.0.0", "The public checksum database knows no private modules."
    )
    assert desk.network.hosts == {"goproxy.example.com", "sum.golang.org"}
    desk.network.visits.clear()
    desk.variables["GONOSUMDB"] = "corp.example.com"
    desk.package(project).succeeded()

    assert ran(project) == used.path
    assert desk.network.hosts <= {"goproxy.example.com"}


def test_no_credential_is_part_of_anything_that_is_kept(
    repository: Repository, desk: Desk, tmp_path: Path
) -> None:
    """The credentials here: a token in a variable that pants.toml names, and a password in the
    configuration of git, which is in variables too. Every sandbox is kept, to be looked through."""
    (allowed,) = samples(OVER_HTTPS, "toml")
    pants_toml = repository.root / "pants.toml"
    pants_toml.write_text(pants_toml.read_text() + allowed)
    module = desk.module("git.example.com", "lib.git")
    desk.publish(module)
    repository.write(program(module))
    desk.network.sites["git.example.com"] = GitSite(
        desk.repositories, "token:token-not-a-real-word"
    )
    desk.follow(samples(OVER_HTTPS)[0])
    store = tmp_path / "store"
    sandboxes = tmp_path / "sandboxes"
    sandboxes.mkdir()
    own = (
        f"--local-store-dir={store}",
        f"--local-execution-root-dir={sandboxes}",
        "--keep-sandboxes=always",
        "-ldebug",
    )

    # As CI systems do it; here with the wrong password.
    wrong = "https://token:wrong-not-a-real-word@git.example.com/"
    desk.variables.update(
        {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{wrong}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://git.example.com/",
        }
    )
    desk.package(repository, *own).failed_with(
        "no secure protocol found for repository", "Go does not say why git cannot reach"
    )
    assert {visit.user for visit in desk.network.visits} == {"", "token:wrong-not-a-real-word"}
    for name in [name for name in desk.variables if name.startswith("GIT_CONFIG_")]:
        del desk.variables[name]
    desk.follow(samples(OVER_HTTPS)[1])
    desk.variables["GIT_TOKEN"] = "token-not-a-real-word"
    first = desk.package(repository, *own).succeeded()

    assert "Download the modules of m/go.mod" in first.log
    assert "m:m for linux/amd64" in first.built
    # With other credentials and no network, everything comes from the cache.
    shutil.rmtree(repository.root / "dist")
    desk.variables["GIT_TOKEN"] = "another-not-a-real-word"
    desk.network.visits.clear()
    desk.network.sites.clear()
    second = desk.package(repository, *own).succeeded()
    assert "Download the modules" not in second.log
    assert "m:m for linux/amd64" not in second.built
    assert desk.network.visits == []
    assert ran(repository) == module.path

    secret = ("not-a-real-word", base64.b64encode(b"token:token-not-a-real-word").decode())
    places = (repository.root, store, repository.toolbox.caches, sandboxes)
    assert holding(secret, *places) == []
    # It is not that nothing can be found there: what the download is told is, and all it was given.
    assert holding((module.path,), store)
    assert holding(("GO111MODULE",), store)
    assert holding(("GO111MODULE",), sandboxes)


def without_network(repository: Repository) -> Repository:
    """The same repository, with a Pants that runs where there is no network at all."""
    script = repository.root.parent / "pants-without-network"
    script.write_text(
        f'#!/bin/sh\nexec unshare --map-root-user --net "{repository.toolbox.pants}" "$@"\n'
    )
    script.chmod(0o755)
    return dataclasses.replace(
        repository, toolbox=dataclasses.replace(repository.toolbox, pants=script)
    )


def test_after_the_first_download_a_machine_needs_no_network(
    repository: Repository, desk: Desk, tmp_path: Path
) -> None:
    module = desk.module("corp.example.com")
    desk.publish(module)
    desk.network.sites["goproxy.example.com"] = ModuleSite(desk.modules)
    repository.write(program(module))
    desk.follow(samples(FROM_A_PROXY)[0])
    alone = without_network(repository)

    desk.package(alone).failed_with("connect: network is unreachable")
    desk.package(repository).succeeded()
    repository.write({"m/other.go": "package main\n"})
    changed = desk.package(alone).succeeded()
    assert changed.built == ("m:m for linux/amd64",)

    # And with nothing but the downloaded modules: the store is a new one.
    desk.follow(*samples(WITHOUT_NETWORK))
    repository.write({"m/other.go": "package main\n\nvar X int\n"})
    shutil.rmtree(repository.root / "dist")
    desk.package(alone, f"--local-store-dir={tmp_path / 'store'}").succeeded()
    assert ran(repository) == module.path


def test_a_vendor_directory_needs_no_network_at_any_time(
    repository: Repository, desk: Desk
) -> None:
    module = desk.module("corp.example.com")
    files = program(module)
    del files["m/go.sum"]
    repository.write(
        {
            **files,
            "m/vendor/modules.txt": (
                f"# {module.path} v1.0.0\n## explicit; go 1.21\n{module.path}\n"
            ),
            f"m/vendor/{module.path}/lib.go": module.files["lib.go"],
        }
    )
    desk.follow(*samples(WITHOUT_NETWORK))

    desk.package(without_network(repository)).succeeded()

    assert ran(repository) == module.path


def test_without_a_network_a_missing_module_is_an_error_that_names_the_setting(
    project: Repository, desk: Desk
) -> None:
    module = desk.module("corp.example.com")
    project.write(program(module))
    desk.follow(*samples(WITHOUT_NETWORK))

    desk.package(project).failed_with(
        f"{module.path}@v1.0.0: module lookup disabled by GOPROXY=off",
        "GOPROXY=off allows no download, and the module is in no cache of this machine.",
        "commit a vendor directory (`go mod vendor`)",
    )

    assert desk.network.visits == []
