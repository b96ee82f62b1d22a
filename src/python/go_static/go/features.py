"""The features of Go that a program is built with: the FIPS 140-3 module, experiments, and defaults
of GODEBUG. They differ from release to release."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Names without a field of `goexperiment.Flags`: src/internal/buildcfg/exp.go of Go.
_ALIASES = frozenset({"none", "regabi"})
_NAME = re.compile(r"[a-z0-9]+")
_FIPS140 = re.compile(r"off|latest|[a-z]+|v\d+(\.\d+)*(-[0-9a-z]+)?")
# src/cmd/go/internal/load/godebug.go (`ParseGoDebug`) refuses the rest.
_GODEBUG_VALUE = re.compile(r"[^\s,\"'`#]+")
_FIPS140_SINCE = "1.24"


class InvalidFeatureError(ValueError):
    """A value that the chosen release of Go, or any release, does not take. Names the field and the
    value."""


@dataclass(frozen=True)
class GoFeatures:
    """`fips140` is the value of GOFIPS140, `experiments` are those of GOEXPERIMENT, sorted."""

    fips140: str = "off"
    experiments: tuple[str, ...] = ()

    @classmethod
    def create(cls, fips140: str, experiments: Iterable[str]) -> GoFeatures:
        """:raises InvalidFeatureError: no release of Go takes the value."""
        if not _FIPS140.fullmatch(fips140):
            raise InvalidFeatureError(
                f"fips140=`{fips140}` is not a version of Go's FIPS 140-3 module. Use `latest`, a "
                "version such as `v1.0.0`, or `off`."
            )
        names = tuple(sorted(set(experiments)))
        for name in names:
            if not _NAME.fullmatch(name):
                raise InvalidFeatureError(
                    f"goexperiment: `{name}` is not the name of an experiment. Write one name in "
                    "lower case per list element."
                )
            if name == "boringcrypto":
                raise InvalidFeatureError(
                    "goexperiment: `boringcrypto` needs cgo, so the binary would not be static. "
                    'Use `fips140="v1.0.0"`, a module in Go, instead.'
                )
        return cls(fips140, names)

    @property
    def environment(self) -> dict[str, str]:
        """The variables for `go`. Unneeded ones are not set, because Go records them."""
        result = {"GOFIPS140": self.fips140}
        if self.experiments:
            result["GOEXPERIMENT"] = ",".join(self.experiments)
        return result


def checked_godebug(settings: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The settings, sorted.

    :raises InvalidFeatureError: no `//go:debug` line can contain the setting.
    """
    for key, value in settings.items():
        if not re.fullmatch(r"[a-z0-9]+", key) or not _GODEBUG_VALUE.fullmatch(value):
            raise InvalidFeatureError(
                f"godebug: `{key}={value}` is not a setting. A key is a name in lower case, and a "
                'value has no space, comma or quote, as in `{"http2client": "0"}`.'
            )
    return tuple(sorted(settings.items()))


@dataclass(frozen=True)
class KnownFeatures:
    """What a release of Go knows. `fips140` are the versions that it ships, with their aliases."""

    release: str
    experiments: frozenset[str]
    fips140: frozenset[str]
    godebug: frozenset[str]

    @classmethod
    def read(cls, release: str, files: Mapping[str, bytes]) -> KnownFeatures:
        """From files of the release's root, by path: those that `SOURCES` names."""
        flags = files.get(_EXPERIMENTS, b"").decode(errors="replace")
        table = files.get(_GODEBUG, b"").decode(errors="replace")
        names = [re.fullmatch(r"lib/fips140/(.+)\.(?:zip|txt)", path) for path in files]
        fips140 = {name[1] for name in names if name}
        if any(path.startswith(_FIPS140_PACKAGE) for path in files):
            fips140.add("latest")
        return cls(
            release,
            frozenset(
                name.lower() for name in re.findall(r"^\t([A-Z]\w*) +bool$", flags, re.MULTILINE)
            ),
            frozenset(fips140),
            frozenset(re.findall(r'^\t\{Name: "(\w+)"', table, re.MULTILINE)),
        )

    def check(self, features: GoFeatures, godebug: Iterable[str] = ()) -> None:
        """:raises InvalidFeatureError: the release does not know a name. The text lists those it
        knows."""
        for name in features.experiments:
            if name not in _ALIASES and name.removeprefix("no") not in self.experiments | _ALIASES:
                raise InvalidFeatureError(
                    self._unknown("goexperiment", "experiment", name, self.experiments)
                )
        if features.fips140 not in {"off", *self.fips140}:
            if not self.fips140:
                raise InvalidFeatureError(
                    f"fips140: Go {self.release} has no FIPS 140-3 module. The first release with "
                    f'one is {_FIPS140_SINCE}: choose a newer Go, as in `go_sdk="1.26.7"`.'
                )
            raise InvalidFeatureError(
                self._unknown("fips140", "FIPS 140-3 module", features.fips140, self.fips140)
            )
        for name in godebug:
            # Before 1.21 there was no such table.
            if self.godebug and name not in {"default", *self.godebug}:
                raise InvalidFeatureError(
                    self._unknown("godebug", "GODEBUG setting", name, self.godebug)
                )

    def _unknown(self, field: str, kind: str, name: str, known: Iterable[str]) -> str:
        close = difflib.get_close_matches(name, list(known), n=1)
        hint = f" Did you mean `{close[0]}`?" if close else ""
        return (
            f"{field}: Go {self.release} has no {kind} `{name}`.{hint} It has: "
            f"{', '.join(sorted(known))}."
        )


_EXPERIMENTS = "src/internal/goexperiment/flags.go"
_GODEBUG = "src/internal/godebugs/table.go"
_FIPS140_PACKAGE = "src/crypto/internal/fips140/"

# Those of a build that sets none of the fields.
NO_FEATURES = GoFeatures()

# What `KnownFeatures.read` needs of a release's root.
SOURCES = (_EXPERIMENTS, _GODEBUG, "lib/fips140/*", f"{_FIPS140_PACKAGE}fips140.go")
