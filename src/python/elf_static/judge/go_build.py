"""Judging Go's build information: the Go version, the build settings and the modules."""

from __future__ import annotations

from collections.abc import Iterator

from elf_static.elf.facts import BuildInfo, Facts, Module
from elf_static.elf.go_version import GoVersion
from elf_static.judge import rules
from elf_static.judge.cgo_stubs import STUBS
from elf_static.judge.observation import Observation
from elf_static.judge.policy import Policy

# A message names at most this many modules.
_SHOWN = 10

# The first Go version whose linker writes the build settings.
_SETTINGS_SINCE = (1, 18)


def judge_build(facts: Facts, policy: Policy) -> Iterator[Observation]:
    info = facts.build_info
    if info is None:
        message = facts.build_info_problem
        if facts.is_go:
            message = f"is a Go program that {message}"
        yield Observation(
            rules.BUILD_INFO,
            message,
            "Build with `go build` in module mode. For a program in another language, use the "
            "policy any-language.",
        )
        return
    yield from _judge_settings(info, policy)
    yield from _judge_version(info, policy)
    yield from _judge_modules(info, policy)


def _judge_settings(info: BuildInfo, policy: Policy) -> Iterator[Observation]:
    version = GoVersion.parse_release(info.go_version)
    if not info.settings and (version is None or version[:2] >= _SETTINGS_SINCE):
        yield Observation(
            rules.BUILD_INFO,
            f"was built with {info.go_version} but does not record the build settings",
            "Build with `go build` instead of running the compiler and the linker directly.",
        )
    # Before Go 1.18, the linker wrote no settings or stamps: cgo and tags are unknown.
    if info.settings:
        cgo = info.setting("CGO_ENABLED")
        if cgo != "0":
            yield Observation(
                rules.CGO,
                "was built with cgo (CGO_ENABLED=1)"
                if cgo == "1"
                else f"does not record that cgo was off (CGO_ENABLED={cgo})",
                "Build with CGO_ENABLED=0.",
            )
        tags = frozenset((info.setting("-tags") or "").split(","))
        missing = [tag for tag in policy.go_tags if tag not in tags]
        if missing:
            yield Observation(
                rules.BUILD_TAGS,
                f"was built without the build tags {', '.join(missing)}",
                f"Build with -tags {','.join(policy.go_tags)}.",
            )
    stamps = [s for s in info.settings if s.key == "vcs" or s.key.startswith("vcs.")]
    if stamps:
        yield Observation(
            rules.VCS,
            "contains the state of the repository: "
            + ", ".join(f"{stamp.key}={stamp.value}" for stamp in stamps),
            "Build with -buildvcs=false.",
        )
    if info.setting("-cover") == "true":
        yield Observation(
            rules.COVERAGE,
            "was built with coverage instrumentation (-cover)",
            "Build without -cover.",
        )
    for key, value in policy.required_settings:
        found = info.setting(key)
        if found is None or not _matches_pattern(found, value):
            yield Observation(
                rules.BUILD_SETTINGS,
                f"was built with {key}={found}, but the policy requires {value}"
                if found is not None
                else f"was built without {key}, but the policy requires {value}",
                f"Build with {key}={value}.",
            )
    for key, value in policy.denied_settings:
        found = info.setting(key)
        if found is not None and _matches_pattern(found, value):
            yield Observation(
                rules.BUILD_SETTINGS,
                f"was built with {key}={found}, which the policy denies",
                f"Build without {key}={found}.",
            )


def _judge_version(info: BuildInfo, policy: Policy) -> Iterator[Observation]:
    if policy.go_version is None:
        return
    version = GoVersion.parse_release(info.go_version)
    if version is None or not policy.go_version.contains(version):
        yield Observation(
            rules.GO_VERSION,
            f"was built with {info.go_version}, but the policy requires {policy.go_version.text}",
            "Build with a Go version in that range.",
        )


def _judge_modules(info: BuildInfo, policy: Policy) -> Iterator[Observation]:
    # The program contains the replacement, but people know a module by the path that they import:
    # a policy may name either.
    denied, not_allowed = [], []
    for module in info.modules:
        paths = _paths(module)
        if any(_matches(path, policy.denied_modules) for path in paths):
            denied.append(" => ".join(paths))
        elif policy.allowed_modules is not None and not all(
            _matches(path, policy.allowed_modules) for path in paths
        ):
            not_allowed.append(" => ".join(paths))
    for modules, word in ((denied, "denies"), (not_allowed, "does not allow")):
        if modules:
            more = f" and {len(modules) - _SHOWN} more" if len(modules) > _SHOWN else ""
            yield Observation(
                rules.MODULES,
                f"contains modules that the policy {word}: {', '.join(modules[:_SHOWN])}{more}",
                "Find what imports them with `go mod why -m`, or change the policy's [modules].",
            )
    for path, instead in STUBS.items():
        if info.setting("CGO_ENABLED") == "0" and any(path in _paths(m) for m in info.modules):
            yield Observation(
                rules.STUBS,
                f"contains {path}, which needs cgo, but cgo was off",
                f"Use {instead}, which needs no cgo.",
            )


def _paths(module: Module) -> tuple[str, ...]:
    by = module.replaced_by
    # A replacement directory has no module path.
    if by is None or by.path == module.path or by.path.startswith((".", "/")):
        return (module.path,)
    return (module.path, by.path)


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(_matches_pattern(path, pattern) for pattern in patterns)


def _matches_pattern(path: str, pattern: str) -> bool:
    """Whether a path or a value matches; `*` matches any characters. By hand, because a regular
    expression with several `.*` takes forever on a long path in a hostile file."""
    first, *middle = pattern.split("*")
    if not middle:
        return path == pattern
    last = middle.pop()
    if not path.startswith(first) or not path[len(first) :].endswith(last):
        return False
    position, end = len(first), len(path) - len(last)
    for part in middle:
        position = path.find(part, position, end)
        if position < 0:
            return False
        position += len(part)
    return True
