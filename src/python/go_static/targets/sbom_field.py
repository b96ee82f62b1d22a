"""The field of a binary for its supply-chain record."""

from __future__ import annotations

from enum import Enum

from pants.engine.target import StringField
from pants.util.strutil import softwrap


class GoSbomFormat(Enum):
    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"


class GoSbomField(StringField):
    alias = "sbom"
    valid_choices = GoSbomFormat
    help = softwrap(
        """
        Write a supply-chain record (SBOM) beside the binary when it is packaged: its modules with
        versions, checksums and licences, the Go it was built by, and its build settings. The same
        binary has the same record.

        `cyclonedx` writes `agent.cdx.json` (CycloneDX 1.6), `spdx` writes `agent.spdx.json` (SPDX
        2.3). For both, `sbom=parametrize("cyclonedx", "spdx")`.

        Needs Python packages beside Pants: `plugins = ["pants-go-static[sbom]"]`.
        """
    )
