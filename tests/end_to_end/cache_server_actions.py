"""Prints the actions in a BuildGrid storage, as JSON.

Runs on BuildGrid's Python. Arguments: the directory of its packages, and the storage. Blobs have no
type, so an action is recognized by its contents: a message that names a command which is also
stored. Inputs are missing, because Pants stores only the outputs of an action.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, sys.argv[1])

from buildgrid._protos.build.bazel.remote.execution.v2.remote_execution_pb2 import (
    Action,
    Command,
    Digest,
)
from google.protobuf.message import DecodeError

_LARGEST_ACTION = 4_096

# A blob is the file `<first two digits of its SHA-256>/<the others>`.
by_hash = {
    path.parent.name + path.name: path for path in Path(sys.argv[2], "cas", "objects").glob("*/*")
}


def read(digest: Digest) -> bytes | None:
    if digest.size_bytes == 0:
        return b""
    path = by_hash.get(digest.hash)
    return path.read_bytes() if path else None


def actions() -> Iterator[dict[str, object]]:
    for path in by_hash.values():
        if not 0 < path.stat().st_size <= _LARGEST_ACTION:
            continue
        try:
            action = Action.FromString(path.read_bytes())
            content = read(action.command_digest)
            if content is None or len(action.input_root_digest.hash) != 64:
                continue
            command = Command.FromString(content)
        except DecodeError:
            continue
        if not command.arguments:
            continue
        yield {
            "arguments": list(command.arguments),
            "environment": [(v.name, v.value) for v in command.environment_variables],
            "platform": [
                (p.name, p.value)
                for p in (*command.platform.properties, *action.platform.properties)
            ],
            "outputs": [*command.output_paths, *command.output_files, *command.output_directories],
        }


json.dump(list(actions()), sys.stdout)
