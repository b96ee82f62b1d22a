"""Private modules from module proxies: what the download needs reaches it, and nothing else."""

from __future__ import annotations

import pytest

from end_to_end.desk import (
    COMPANY,
    FROM_A_PROXY,
    NETRC,
    NO_CREDENTIALS,
    USER,
    Desk,
    holding,
    program,
    ran,
    samples,
)
from end_to_end.repository import Repository
from go_static_testing.git_servers import GitSite
from go_static_testing.proxy import go_sum
from go_static_testing.servers import FailingSite, ModuleSite


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
        "Proxy Authentication Required", "The proxy requires authentication"
    )
    desk.follow(*samples(COMPANY))
    known = desk.variables["SSL_CERT_FILE"]
    desk.variables["SSL_CERT_FILE"] = "/dev/null"
    desk.package(project).failed_with(
        "certificate signed by unknown authority",
        "A server's certificate is signed by an unknown CA.",
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
        "500 Internal Server Error", "Check that the proxy is reachable and has the module"
    )

    assert desk.network.hosts == {"goproxy.example.com"}


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
        f"{unused.path}@v1.0.0", "The public checksum database does not know private modules."
    )
    assert desk.network.hosts == {"goproxy.example.com", "sum.golang.org"}
    desk.network.visits.clear()
    desk.variables["GONOSUMDB"] = "corp.example.com"
    desk.package(project).succeeded()

    assert ran(project) == used.path
    assert desk.network.hosts <= {"goproxy.example.com"}
