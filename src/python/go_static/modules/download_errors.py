"""What is said of modules that could not be downloaded: which, why, under which settings."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pants.engine.process import FallibleProcessResult

from elf_static.elf.printable import printable_lines
from go_static.go.output import download_advice, go_output, proxy_settings
from go_static.go.redact import without_credentials

# What Pants adds to the output of a process that it has ended.
_TIMED_OUT = b"Exceeded timeout of"


def failure_message(
    directory: str, result: FallibleProcessResult, environment: Mapping[str, str]
) -> str:
    """Which modules failed and why, the settings in force, and what to do."""
    failed = download_errors(result.stdout)
    reasons = [f"{module}: {error}" for module, error in failed]
    if _TIMED_OUT in result.stdout + result.stderr:
        reasons.append(
            "the time for it was over ([go-static].download_timeout), and some server had not "
            "answered."
        )
    reasons = reasons or [go_output(result.stderr, directory, environment)]
    text = "\n".join(f"  {without_credentials(reason, environment)}" for reason in reasons)
    advice = "".join(f"\n\n{line}" for line in download_advice(text))
    return (
        f"Modules that {directory or '.'}/go.mod requires could not be downloaded:\n\n"
        f"{printable_lines(text)}\n\n"
        f"The settings in force:\n{proxy_settings(environment)}\n\n"
        "Check that the proxy can be reached and has the module, and that private modules are "
        "named in GOPRIVATE. `[go-static].subprocess_env_vars` says which variables of the shell "
        f"the download sees.{advice}"
    )


def download_errors(output: bytes) -> tuple[tuple[str, str], ...]:
    """The failed modules, as `path@version`, and their errors, from `go mod download -json`."""
    errors = []
    decoder = json.JSONDecoder()
    text = output.decode(errors="replace").strip()
    while text:
        try:
            item, end = decoder.raw_decode(text)
        except ValueError:
            break
        if item.get("Error"):
            name = "@".join(part for part in (item.get("Path"), item.get("Version")) if part)
            errors.append((name, str(item["Error"])))
        text = text[end:].lstrip()
    return tuple(errors)
