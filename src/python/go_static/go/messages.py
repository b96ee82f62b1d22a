"""What `go` and the programs that it runs print, as far as this backend recognizes it.

`tests/go_static/go/test_messages.py` makes the real `go` print each of these messages.
"""

from __future__ import annotations

import re
from enum import Enum


class GoMessage(Enum):
    """A pattern, the file that prints it, and the function there.

    A file of Go is relative to `src` in the SDK; others start with the name of the program. Every
    pattern takes linear time.
    """

    def __init__(self, pattern: str, file: str, function: str) -> None:
        self.pattern = re.compile(pattern, re.MULTILINE)
        self.file = file
        self.function = function

    def is_in(self, text: str) -> bool:
        return self.pattern.search(text) is not None

    # Every command: a file with a line, at the start of a line or after a space.
    POSITION = (
        r"(?P<lead>^|[\s(\"'])(?P<path>(?:\.{1,2}/)?[^\s:()\"']+\.(?:go|s|mod|work|sum)):(?=\d)",
        "go/token/position.go",
        "Position) String",
    )

    # `go list` and `go build`, of a package
    DIRECTORY_NOT_FOUND = (
        r"directory not found",
        "cmd/go/internal/modload/load.go",
        "errDirectoryNotFound",
    )
    NO_GO_FILES = (r"^no Go files in ", "cmd/go/internal/load/pkg.go", "NoGoError) Error")
    ALL_EXCLUDED = (
        r"build constraints exclude all Go files",
        "cmd/go/internal/load/pkg.go",
        "NoGoError) Error",
    )
    TWO_PACKAGES = (r"^found packages ", "go/build/build.go", "MultiplePackageError) Error")
    IMPORT_CYCLE = (r"import cycle not allowed", "cmd/go/internal/load/pkg.go", "reusePackage")
    NOT_VENDORED = (
        r"import lookup disabled by -mod=vendor",
        "cmd/go/internal/modload/import.go",
        "queryImport",
    )
    NOT_IN_STD = (
        r"is not in std",
        "cmd/go/internal/modload/import.go",
        "ImportMissingError) Error",
    )
    NOT_REQUIRED = (
        r"no required module provides package",
        "cmd/go/internal/modload/import.go",
        "ImportMissingError) Error",
    )
    NOT_PROVIDED = (
        r"cannot find module providing package",
        "cmd/go/internal/modload/import.go",
        "ImportMissingError) Error",
    )
    INTERNAL = (r"use of internal package", "cmd/go/internal/load/pkg.go", "disallowInternal")
    NOTHING_TO_EMBED = (
        r"no matching files found|contains no embeddable files",
        "cmd/go/internal/load/pkg.go",
        "resolveEmbed",
    )

    # `go build`, of what it compiles
    UNDEFINED = (
        r"^\S+:\d+:\d+: (?:undefined: |.* undefined \(type \**)(?P<name>[\w.]+)",
        "cmd/compile/internal/types2/call.go",
        "Checker) selector",
    )

    # `go list` and `go build`, of a module
    MISSING_SUM = (
        r"missing go\.sum entry",
        "cmd/go/internal/modload/import.go",
        "ImportMissingSumError) Error",
    )
    CHECKSUM = (r"checksum mismatch", "cmd/go/internal/modfetch/fetch.go", "haveModSumLocked")
    WRONG_SUM = (r"go\.sum", "cmd/go/internal/modfetch/fetch.go", "readGoSum")
    UNTIDY_GO_MOD = (
        r"updates to go\.mod needed",
        "cmd/go/internal/modload/init.go",
        "goModDirtyError) Error",
    )
    UNREADABLE_GO_MOD = (r"errors parsing", "cmd/go/internal/modload/modfile.go", "ReadModFile")
    STALE_VENDOR = (
        r"inconsistent vendoring",
        "cmd/go/internal/modload/vendor.go",
        "checkVendorConsistency",
    )
    NOT_DOWNLOADED = (
        r"reading file://[^\s\"]*: no such file",
        "cmd/go/internal/web/api.go",
        "HTTPError) Error",
    )

    # `go generate`
    FAILED_DIRECTIVE = (
        r"^(?P<file>[^\s:]+\.go):(?P<line>[0-9]{1,9}): ",
        "cmd/go/internal/generate/generate.go",
        "Generator) errorf",
    )
    NO_PROGRAM = (
        r"exec: \"(?P<program>[^\"\n]{1,255})\": executable file not found",
        "os/exec/exec.go",
        "Error) Error",
    )

    # `go mod download`
    DOWNLOADING = (r"^go: downloading .*\n?", "cmd/go/internal/modfetch/fetch.go", "DownloadZip")
    DOWNLOADS_OFF = (r"disabled by GOPROXY=off", "cmd/go/internal/modfetch/repo.go", "errProxyOff")
    UNAUTHORIZED = (r"\b401 [A-Za-z]", "cmd/go/internal/web/api.go", "HTTPError) Error")
    FORBIDDEN = (r"\b403 [A-Za-z]", "cmd/go/internal/web/api.go", "HTTPError) Error")
    PROXY_UNAUTHORIZED = (
        r"Proxy Authentication Required",
        "net/http/transport.go",
        "Transport) dialConn",
    )
    UNKNOWN_CA = (
        r"failed to verify certificate",
        "crypto/tls/common.go",
        "CertificateVerificationError) Error",
    )
    SUM_DATABASE = (
        r"sum\.golang\.org|/sumdb/|/lookup/",
        "cmd/vendor/golang.org/x/mod/sumdb/client.go",
        "Client) Lookup",
    )
    NO_PROTOCOL = (
        r"protocol found for repository",
        "cmd/go/internal/vcs/vcs.go",
        "repoRootFromVCSPaths",
    )
    BAD_PORT = (
        r"(?P<before>invalid port \")(?:[^\"\\\n]|\\.)*(?P<after>\" after host)",
        "net/url/url.go",
        "parseHost",
    )
    BAD_ADDRESS = (
        r"(?P<before>proxy (?:address|URL)(?: missing scheme:| scheme \([^)\n]{1,40}\):)? \"?)"
        r"(?=[^ \t\n]*@)[^ \t\n]*@",
        "cmd/go/internal/modfetch/proxy.go",
        "newProxyRepo",
    )

    # git and ssh, which `go mod download` runs
    GIT_UNAUTHORIZED = (
        r"requested URL returned error: 401|Authentication failed|"
        r"could not read (?:Username|Password)|terminal prompts disabled",
        "git: prompt.c, remote-curl.c",
        "git_prompt, discover_refs",
    )
    GIT_FORBIDDEN = (
        r"requested URL returned error: 403",
        "git: http.c, through libcurl",
        "handle_curl_result",
    )
    GIT_PROXY_UNAUTHORIZED = (
        r"(?:proxy after CONNECT|CONNECT tunnel failed).{0,99}407",
        "libcurl: cf-h1-proxy.c",
        "H1_CONNECT",
    )
    GIT_UNKNOWN_CA = (
        r"certificate verification failed|SSL certificate problem",
        "libcurl: vtls/gtls.c, vtls/openssl.c",
        "gtls_verifyserver, ossl_connect_step2",
    )
    SSH_UNKNOWN_HOST = (
        r"Host key verification failed",
        "OpenSSH: sshconnect2.c",
        "verify_host_key_callback",
    )
    SSH_NO_KEY = (r"Permission denied \(publickey", "OpenSSH: sshconnect2.c", "userauth")
