"""The corpus in the repository: the fewest inputs with the coverage of all that were found."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fuzzing.runner import CORPUS, Fuzzer

# In bytes, for each added input: the repository keeps it forever.
_LARGEST = 4096


def minimize(targets: Sequence[str]) -> int:
    """Add inputs that add coverage. Existing inputs stay."""
    for target in targets:
        fuzzer = Fuzzer.of(target)
        with tempfile.TemporaryDirectory() as directory:
            ended = fuzzer.merge(Path(directory))
            if ended.status != 0:
                print(ended.errors)
                return 1
            there = {file.read_bytes() for file in fuzzer.corpus.iterdir()}
            added = [f.read_bytes() for f in sorted(Path(directory).iterdir())]
        for data in added:
            if data not in there and len(data) <= _LARGEST:
                (fuzzer.corpus / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
        size = sum(file.stat().st_size for file in fuzzer.corpus.iterdir())
        print(f"{target}: {len(list(fuzzer.corpus.iterdir()))} inputs, {size:,} bytes")
    total = sum(file.stat().st_size for file in CORPUS.rglob("*") if file.is_file())
    print(f"{total:,} bytes in all")
    return 0
