"""A hook of hatchling: what the wheels take from elsewhere in the repository.

The text that an index shows is an excerpt of README.md, and wheels that are released together ask
for each other's version.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_README = Path(__file__).resolve().parents[1] / "README.md"


class ReadmeError(Exception):
    """README.md has no section that a wheel shows."""


class ExcerptAndVersions(MetadataHookInterface):  # type: ignore[misc]  # no types at hand
    """Settings: `readme`, titles in README.md; `dependencies-of-same-version`, names of wheels."""

    def update(self, metadata: dict[str, Any]) -> None:
        parts = excerpt(_README.read_text(encoding="utf-8"), self.config["readme"])
        text = f"# {metadata['name']}\n\n{metadata['description']}.\n\n{parts}"
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        together = self.config.get("dependencies-of-same-version", [])
        if together:
            metadata["dependencies"] = [f"{name}=={metadata['version']}" for name in together]


def excerpt(readme: str, titles: list[str]) -> str:
    """What README.md has below these titles, without that of its own. Pictures in the repository
    go, and links into it become their text, because they lead nowhere from an index."""
    parts = re.split(r"^(##? .+)\n+", readme, flags=re.MULTILINE)
    bodies = {title.lstrip("# "): (title, body) for title, body in zip(parts[1::2], parts[2::2])}
    missing = [title for title in titles if title not in bodies]
    if missing:
        raise ReadmeError(f"{_README} has nothing titled {missing[0]!r}, which a wheel shows.")
    shown = [
        f"{title}\n\n{body}" if title.startswith("## ") else body
        for title, body in (bodies[title] for title in titles)
    ]
    text = re.sub(r"!\[[^\]]*\]\((?!https?:)[^)]+\)\n*", "", "".join(shown))
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]+\)", r"\1", text).rstrip() + "\n"
