"""The bytes of a file, reported in every format, and compared with a sound file."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

from elf_static.compare.compare import compare
from elf_static.compare.report import render_json, render_text
from elf_static.elf.bounded_file import Source
from elf_static.inspect.as_json import render_inspections
from elf_static.inspect.file_parts import read_parts
from elf_static.inspect.html_page import inspect_source, render_page
from elf_static.inspect.text import render_inspection
from elf_static.judge.policy import load_policy
from fuzzing.reports import check_reports, check_text, memory_file
from fuzzing.targets import elf

WORDS = (*elf.WORDS, b"<script>", b"&amp;", b'"><')

_POLICY = load_policy("default")
_SOUND = (Path(__file__).parent.parent / "corpus/elf/sound-linux-amd64").read_bytes()


def check(data: bytes) -> None:
    with memory_file(data) as descriptor, memory_file(_SOUND) as other:
        source = Source(descriptor, len(data))
        inspected = inspect_source(source, "a/file", _POLICY)
        compared = compare(Source(other, len(_SOUND)), source)
    facts = inspected.facts
    check_reports(facts, inspected.judgement, _POLICY.name)
    parts = read_parts(facts)
    assert sum(part.size for part in parts) == facts.size
    check_text(render_inspection("a/file", facts))
    json.loads(render_inspections([("a/file", facts)]))
    check_text(render_text("a", "b", compared))
    json.loads(render_json("a", "b", compared))
    page = _Page()
    page.feed(render_page([inspected]))
    page.close()
    assert not page.open, page.open


_WITHOUT_END = ("meta", "br", "hr", "wbr")


class _Page(HTMLParser):
    """Tracks open elements, and rejects elements and attributes that the page never uses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "iframe", "img", "object", "link", "base"), tag
        assert not any(name.startswith("on") or name == "src" for name, _ in attrs), attrs
        if tag not in _WITHOUT_END:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _WITHOUT_END:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()
