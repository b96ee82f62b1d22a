"""The page of `inspect --format html` in a real browser: by hand, as Chromium is large.

    apt-get install -y chromium
    PYTHONPATH=src/python:tests python3 -m elf_static_testing.browser DIRECTORY FILE…

It writes pictures into the directory, as wide as a desk's screen and a telephone's, in light and in
dark, and ends with an error where the page is wider than the screen.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from html import escape
from pathlib import Path

WIDTHS = (1200, 400)
_TALLEST = 20_000

# Loads the page in a frame, and reports its scroll width and height.
_FRAME = """<!DOCTYPE html><body style="margin:0">
<iframe id="page" src="{page}" style="border:0;width:{width}px;height:900px"></iframe>
<script>onload = () => {{
  const root = document.getElementById("page").contentDocument.documentElement
  document.body.textContent = "measured " + root.scrollWidth + " " + root.scrollHeight
}}</script>"""


def main(directory: Path, files: list[str]) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    page = directory / "page.html"
    with open(page, "wb") as output:
        command = [sys.executable, "-m", "elf_static", "inspect", "--format=html", *files]
        subprocess.run(command, stdout=output, check=False)
    dark = directory / "dark.html"
    light_text = page.read_text()
    dark.write_text(light_text.replace("(prefers-color-scheme: dark)", "all"))
    code = 0
    for width in WIDTHS:
        wanted, height = measure(page, width)
        print(f"{width} pixels: the page is {wanted} wide and {height} tall")
        if wanted > width:
            code = 1
        for shown in (page, dark):
            size = f"--window-size={width},{min(height, _TALLEST)}"
            picture = directory / f"{shown.stem}-{width}.png"
            browser("--hide-scrollbars", size, f"--screenshot={picture}", shown.as_uri())
    return code


def measure(page: Path, width: int) -> tuple[int, int]:
    """The width and height of the page's contents in a frame of this width, in pixels."""
    frame = page.with_name("frame.html")
    frame.write_text(_FRAME.format(page=escape(page.as_uri()), width=width))
    dumped = browser(
        "--hide-scrollbars", "--allow-file-access-from-files", "--dump-dom", frame.as_uri()
    )
    _, wanted, height = dumped[dumped.index("measured ") :].partition("<")[0].split()
    return int(wanted), int(height)


def browser(*arguments: str) -> str:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not there; on Debian: apt-get install -y chromium")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute(), sys.argv[2:]))
