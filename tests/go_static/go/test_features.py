"""FIPS 140-3 modules, experiments and defaults of GODEBUG: what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_static.go.features import GoFeatures, InvalidFeatureError, KnownFeatures, checked_godebug
from go_static_testing.go_tool import GoTool


@pytest.fixture(scope="module")
def known(go: GoTool) -> KnownFeatures:
    """What the real Go knows."""
    root = go.root
    paths = [
        Path("src/internal/goexperiment/flags.go"),
        Path("src/internal/godebugs/table.go"),
        Path("src/crypto/internal/fips140/fips140.go"),
        *(path.relative_to(root) for path in (root / "lib/fips140").iterdir()),
    ]
    return KnownFeatures.read(go.version, {str(p): (root / p).read_bytes() for p in paths})


def test_the_features_of_a_go_release_are_read(known: KnownFeatures) -> None:
    assert {"jsonv2", "greenteagc", "regabiargs"} <= known.experiments
    assert {"latest", "v1.0.0", "inprocess", "certified"} <= known.fips140
    assert {"http2client", "fips140", "panicnil"} <= known.godebug
    known.check(GoFeatures("v1.0.0", ("jsonv2", "nogreenteagc", "regabi")), ["default", "netdns"])


@pytest.mark.parametrize(
    ("features", "godebug", "message"),
    [
        (GoFeatures("v9.9.9"), (), "has no FIPS 140-3 module `v9.9.9`."),
        (GoFeatures("off", ("jsnv2",)), (), "no experiment `jsnv2`. Did you mean `jsonv2`? It has"),
        (GoFeatures(), ("netdn",), "has no GODEBUG setting `netdn`. Did you mean `netdns`?"),
    ],
)
def test_an_unknown_feature_is_an_error(
    features: GoFeatures, godebug: tuple[str, ...], message: str, known: KnownFeatures
) -> None:
    with pytest.raises(InvalidFeatureError, match=f"Go {known.release} ") as raised:
        known.check(features, godebug)
    assert message in str(raised.value)


def test_an_old_go_has_no_fips_module() -> None:
    old = KnownFeatures.read("1.21.13", {})
    with pytest.raises(InvalidFeatureError) as raised:
        old.check(GoFeatures("v1.0.0"))
    assert str(raised.value) == (
        "fips140: Go 1.21.13 has no FIPS 140-3 module. The first release with one is 1.24: choose "
        'a newer Go, as in `go_sdk="1.26.7"`.'
    )


@pytest.mark.parametrize("value", ["", "1.0.0", "../v1.0.0", "V1.0.0", "v1.0.0 "])
def test_a_version_that_no_release_could_have_is_an_error(value: str) -> None:
    with pytest.raises(InvalidFeatureError, match="is not a version of Go's FIPS 140-3 module"):
        GoFeatures.create(value, ())


@pytest.mark.parametrize("name", ["", "a,b", "JSONv2", "-x", "json v2"])
def test_a_name_that_no_experiment_could_have_is_an_error(name: str) -> None:
    with pytest.raises(InvalidFeatureError, match="is not the name of an experiment"):
        GoFeatures.create("off", [name])


def test_an_experiment_that_needs_cgo_is_refused() -> None:
    with pytest.raises(InvalidFeatureError, match="`boringcrypto` needs cgo") as raised:
        GoFeatures.create("off", ["boringcrypto"])
    assert 'Use `fips140="v1.0.0"`, a module in Go, instead.' in str(raised.value)


@pytest.mark.parametrize("settings", [{"A": "1"}, {"a": ""}, {"a": "1,b=2"}, {"a": "1\n//go:x"}])
def test_a_setting_that_no_line_can_say_is_an_error(settings: dict[str, str]) -> None:
    with pytest.raises(InvalidFeatureError, match="is not a setting. A key is a name"):
        checked_godebug(settings)


def test_the_variables_are_those_that_go_would_record() -> None:
    assert GoFeatures().environment == {"GOFIPS140": "off"}
    assert GoFeatures.create("latest", ["simd", "arenas"]).environment == {
        "GOFIPS140": "latest",
        "GOEXPERIMENT": "arenas,simd",
    }
