"""Private modules from git: the download receives only what it needs."""

from __future__ import annotations

import base64
import shutil
from contextlib import ExitStack
from pathlib import Path

import asyncssh

from end_to_end.desk import (
    COMPANY,
    NO_CREDENTIALS,
    OVER_HTTPS,
    OVER_SSH,
    USER,
    WITHOUT_TLS,
    Desk,
    holding,
    program,
    ran,
    samples,
)
from end_to_end.repository import Repository
from go_static_testing.git_servers import GitSite, SshGitServer, ssh_agent


def test_a_private_module_comes_from_git_over_https_and_no_other_server_is_asked(
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
        "certificate", "A server's certificate is signed by an unknown CA."
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
    # It is asked only for the repository that contains the module.
    desk.network.sites["git.example.com"] = GitSite(desk.repositories)
    desk.follow(*samples(OVER_SSH))
    key = asyncssh.generate_private_key("ssh-ed25519")
    with ExitStack() as stack:
        server = stack.enter_context(SshGitServer(desk.repositories, "git", key).serving())
        agent = stack.enter_context(ssh_agent(key))
        known_hosts = desk.directory / "known_hosts"
        known_hosts.write_text("")
        config = desk.directory / "ssh_config"
        # ssh looks for its files in the home directory in the user database, not in HOME.
        config.write_text(
            "Host git.example.com\n"
            f"HostName 127.0.0.1\nPort {server.port}\nHostKeyAlias git.example.com\n"
            f"UserKnownHostsFile {known_hosts}\nGlobalKnownHostsFile /dev/null\n"
            "IdentityFile none\n"
        )
        desk.variables["GIT_SSH_COMMAND"] = f"ssh -F {config}"

        desk.package(project).failed_with(
            "Host key verification failed", "ssh does not recognize the server's key"
        )
        assert server.offered == []
        known_hosts.write_text(f"git.example.com {server.public_host_key}\n")
        desk.package(project).failed_with(
            "Permission denied (publickey", "`ssh-add -l` lists the keys that the agent"
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


def test_no_credential_is_left_in_caches_sandboxes_or_results(
    own: Repository, desk: Desk, tmp_path: Path
) -> None:
    """The credentials are a token in a variable that pants.toml names, and a password in git's
    configuration, which is also in variables. Every sandbox is kept and searched."""
    (allowed,) = samples(OVER_HTTPS, "toml")
    pants_toml = own.root / "pants.toml"
    pants_toml.write_text(pants_toml.read_text() + allowed)
    module = desk.module("git.example.com", "lib.git")
    desk.publish(module)
    own.write(program(module))
    desk.network.sites["git.example.com"] = GitSite(
        desk.repositories, "token:token-not-a-real-word"
    )
    desk.follow(samples(OVER_HTTPS)[0])
    sandboxes = tmp_path / "sandboxes"
    sandboxes.mkdir()
    searched = (
        f"--local-execution-root-dir={sandboxes}",
        "--keep-sandboxes=always",
        "-ldebug",
    )

    own.pantsd = True
    # As in CI systems, here with a wrong password.
    wrong = "https://token:wrong-not-a-real-word@git.example.com/"
    desk.variables.update(
        {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{wrong}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://git.example.com/",
        }
    )
    desk.package(own, *searched).failed_with(
        "no secure protocol found for repository",
        "git cannot reach the repository, and Go does not show why",
    )
    assert {visit.user for visit in desk.network.visits} == {"", "token:wrong-not-a-real-word"}
    for name in [name for name in desk.variables if name.startswith("GIT_CONFIG_")]:
        del desk.variables[name]
    desk.follow(samples(OVER_HTTPS)[1])
    desk.variables["GIT_TOKEN"] = "token-not-a-real-word"
    first = desk.package(own, *searched).succeeded()

    assert "Download the modules of m/go.mod" in first.log
    assert "m:m for linux/amd64" in first.built
    # With other credentials and no network, everything comes from the cache.
    shutil.rmtree(own.root / "dist")
    desk.variables["GIT_TOKEN"] = "another-not-a-real-word"
    desk.network.visits.clear()
    desk.network.sites.clear()
    own.stop_pantsd()
    own.pantsd = False
    second = desk.package(own, *searched).succeeded()
    assert "Download the modules" not in second.log
    assert "m:m for linux/amd64" not in second.built
    assert desk.network.visits == []
    assert ran(own) == module.path

    secret = ("not-a-real-word", base64.b64encode(b"token:token-not-a-real-word").decode())
    places = (own.root, own.toolbox.caches, sandboxes)
    assert holding(secret, *places) == []
    # The search does work: it finds the module and the settings that the download receives.
    store = own.toolbox.caches / "store"
    assert holding((module.path,), store)
    assert holding(("GO111MODULE",), store)
    assert holding(("GO111MODULE",), sandboxes)
