"""A worker for remote execution that sees only its image, not the machine that it runs on.

Implements the Execution service of the Remote Execution API on top of a BuildGrid storage. Runs on
BuildGrid's Python. Arguments: the directory of its packages, the worker's own directory (which
contains the root file system `image`), and the ports of the storage and of this service.

A result is stored in the storage's action cache, and taken from there.

Each action gets its own namespaces, no network, and a root that contains only the image and a
directory with its inputs, at a different path each time. Inputs are read-only hard links, shared
with other actions, and the action has no root privileges. Its environment is the command's, plus a
PATH. The file `record` lists the actions run.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Callable

sys.path.insert(0, sys.argv[1])

import grpc
from buildgrid._protos.build.bazel.remote.execution.v2 import remote_execution_pb2 as api
from buildgrid._protos.build.bazel.remote.execution.v2 import remote_execution_pb2_grpc as services
from buildgrid._protos.build.bazel.semver.semver_pb2 import SemVer
from buildgrid._protos.google.longrunning.operations_pb2 import Operation
from buildgrid._protos.google.rpc.code_pb2 import DEADLINE_EXCEEDED
from buildgrid._protos.google.rpc.status_pb2 import Status
from buildgrid.server.client.cas import Downloader, Uploader

_INSTANCE = "main"
_AT_ONCE = 2
# Below gRPC's own limit, which a batch from BuildGrid's client reaches without framing.
_BATCH = 3_000_000

# The script itself runs programs of the machine until the `chroot`. Only this action's namespace
# sees a bind mount or a tmpfs.
_RUN = """\
set -eu
# Debian has chroot among the programs of the administrator.
PATH=$PATH:/usr/sbin:/sbin
image=$1 inputs=$2 caches=$3 name=$4 directory=$5
shift 5
mount -t tmpfs tmpfs "$image/tmp"
mount -t tmpfs tmpfs "$image/build"
mkdir "$image/build/$name"
mount --bind "$inputs" "$image/build/$name"
mount --bind "$caches" "$image/caches"
for device in null random urandom zero; do
  mount --bind "/dev/$device" "$image/dev/$device"
done
exec chroot "$image" /usr/bin/setpriv --bounding-set=-all --inh-caps=-all --no-new-privs \\
  /usr/bin/env -i -C "/build/$name/$directory" PATH=/usr/local/bin:/usr/bin:/bin "$@"
"""
_NAMESPACES = ("--user", "--map-root-user", "--mount", "--net", "--pid", "--ipc", "--uts")


class Worker(services.ExecutionServicer):  # type: ignore[misc]  # gRPC's code has no types.
    def __init__(self, directory: Path, storage: grpc.Channel) -> None:
        self.directory = directory
        self.storage = storage
        self.results = services.ActionCacheStub(storage)
        self.free = threading.Semaphore(_AT_ONCE)
        self.writing = threading.Lock()
        # By hash. Most actions have the thousand directories of the same Go SDK.
        self.directories: dict[str, api.Directory] = {}
        for name in ("blobs", "inputs", "caches"):
            (directory / name).mkdir(exist_ok=True)

    def Execute(  # noqa: N802 (the name is the API's)
        self, request: api.ExecuteRequest, context: grpc.ServicerContext
    ) -> Iterator[Operation]:
        operation = Operation(name=str(uuid.uuid4()))
        with self.free:
            operation.metadata.Pack(
                api.ExecuteOperationMetadata(
                    stage=api.ExecutionStage.EXECUTING, action_digest=request.action_digest
                )
            )
            yield operation
            response = self._known(request) or self._execute(request.action_digest, context)
        operation.done = True
        operation.response.Pack(response)
        yield operation

    def _known(self, request: api.ExecuteRequest) -> api.ExecuteResponse | None:
        wanted = api.GetActionResultRequest(
            instance_name=_INSTANCE, action_digest=request.action_digest
        )
        if request.skip_cache_lookup:
            return None
        try:
            result = self.results.GetActionResult(wanted)
        except grpc.RpcError as e:
            if e.code() is grpc.StatusCode.NOT_FOUND:
                return None
            raise
        return api.ExecuteResponse(result=result, cached_result=True)

    def _execute(
        self, action_digest: api.Digest, context: grpc.ServicerContext
    ) -> api.ExecuteResponse:
        downloader = Downloader(self.storage, instance=_INSTANCE)
        action = downloader.get_message(action_digest, api.Action())
        command = downloader.get_message(action.command_digest, api.Command())
        inputs = self.directory / "inputs" / uuid.uuid4().hex
        inputs.mkdir()
        try:
            self._lay_out(downloader, action.input_root_digest, inputs)
            for path in _outputs(command):
                (inputs / command.working_directory / path).parent.mkdir(
                    parents=True, exist_ok=True
                )
            timeout = action.timeout.ToSeconds() if action.HasField("timeout") else None
            try:
                done = self._run(command, inputs, timeout, context)
            except subprocess.TimeoutExpired:
                return api.ExecuteResponse(status=Status(code=DEADLINE_EXCEEDED))
            self._note(command, done)
            result = self._result(command, inputs / command.working_directory, done)
            if done.returncode == 0 and not action.do_not_cache:
                self.results.UpdateActionResult(
                    api.UpdateActionResultRequest(
                        instance_name=_INSTANCE, action_digest=action_digest, action_result=result
                    )
                )
            return api.ExecuteResponse(result=result)
        finally:
            shutil.rmtree(inputs)

    def _lay_out(self, downloader: Downloader, root: api.Digest, inputs: Path) -> None:
        files: list[tuple[Path, Path]] = []
        wanted: dict[Path, api.FileNode] = {}

        def walk(digest: api.Digest, place: Path) -> None:
            directory = self.directories.get(digest.hash)
            if directory is None:
                directory = api.Directory()
                if digest.size_bytes:
                    directory = downloader.get_message(digest, directory)
                self.directories[digest.hash] = directory
            for node in directory.files:
                kind = "program" if node.is_executable else "file"
                blob = self.directory / "blobs" / f"{node.digest.hash}-{kind}"
                files.append((blob, place / node.name))
                if not blob.exists():
                    wanted[blob] = node
            for link in directory.symlinks:
                (place / link.name).symlink_to(link.target)
            for node in directory.directories:
                (place / node.name).mkdir()
                walk(node.digest, place / node.name)

        walk(root, inputs)
        fetched = inputs.with_name(f"{inputs.name}-fetched")
        fetched.mkdir()
        for blob, node in wanted.items():
            downloader.download_file(node.digest, str(fetched / blob.name))
        downloader.flush()
        for blob, node in wanted.items():
            new = fetched / blob.name
            # Empty files are never requested.
            new.touch()
            new.chmod(0o555 if node.is_executable else 0o444)
            new.rename(blob)
        fetched.rmdir()
        for blob, place in files:
            os.link(blob, place)

    def _run(
        self,
        command: api.Command,
        inputs: Path,
        timeout: float | None,
        context: grpc.ServicerContext,
    ) -> subprocess.CompletedProcess[bytes]:
        arguments = [
            *("unshare", *_NAMESPACES, "--fork", "--kill-child", "sh", "-c", _RUN, "sh"),
            *(self.directory / "image", inputs, self.directory / "caches", inputs.name),
            command.working_directory,
            *(f"{v.name}={v.value}" for v in command.environment_variables),
            *command.arguments,
        ]
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        # The client has disconnected.
        context.add_callback(lambda: None if process.poll() is not None else process.kill())
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def _note(self, command: api.Command, done: subprocess.CompletedProcess[bytes]) -> None:
        line = json.dumps(
            {
                "arguments": list(command.arguments),
                "environment": {v.name: v.value for v in command.environment_variables},
                "exit_code": done.returncode,
                "errors": done.stderr.decode(errors="replace"),
            }
        )
        with self.writing, (self.directory / "record").open("a") as record:
            record.write(f"{line}\n")

    def _result(
        self, command: api.Command, place: Path, done: subprocess.CompletedProcess[bytes]
    ) -> api.ActionResult:
        with contextlib.closing(Uploader(self.storage, instance=_INSTANCE)) as uploader:
            queued = 0

            def put(content: bytes) -> api.Digest:
                nonlocal queued
                queued += len(content)
                if queued > _BATCH:
                    uploader.flush()
                    queued = len(content)
                return uploader.put_blob(BytesIO(content), length=len(content), queue=True)

            result = api.ActionResult(
                exit_code=done.returncode,
                stdout_digest=put(done.stdout),
                stderr_digest=put(done.stderr),
            )
            for name in _outputs(command):
                path = place / name
                if path.is_dir() and name not in command.output_files:
                    tree = _tree(path, put)
                    result.output_directories.add(
                        path=name, tree_digest=put(tree.SerializeToString(deterministic=True))
                    )
                elif path.is_file() and name not in command.output_directories:
                    result.output_files.add(
                        path=name,
                        digest=put(path.read_bytes()),
                        is_executable=os.access(path, os.X_OK),
                    )
            return result


def _outputs(command: api.Command) -> tuple[str, ...]:
    return (*command.output_files, *command.output_directories, *command.output_paths)


def _tree(root: Path, put: Callable[[bytes], api.Digest]) -> api.Tree:
    children: list[api.Directory] = []

    def directory_at(place: Path) -> api.Directory:
        directory = api.Directory()
        for path in sorted(place.iterdir()):
            if path.is_symlink():
                directory.symlinks.add(name=path.name, target=os.readlink(path))
            elif path.is_dir():
                child = directory_at(path)
                children.append(child)
                directory.directories.add(
                    name=path.name, digest=put(child.SerializeToString(deterministic=True))
                )
            elif path.is_file():
                directory.files.add(
                    name=path.name,
                    digest=put(path.read_bytes()),
                    is_executable=os.access(path, os.X_OK),
                )
        return directory

    top = directory_at(root)
    return api.Tree(root=top, children=children)


class Capabilities(services.CapabilitiesServicer):  # type: ignore[misc]  # as above
    def GetCapabilities(  # noqa: N802 (the name is the API's)
        self, request: api.GetCapabilitiesRequest, context: grpc.ServicerContext
    ) -> api.ServerCapabilities:
        version = SemVer(major=2)
        return api.ServerCapabilities(
            execution_capabilities=api.ExecutionCapabilities(
                digest_function=api.DigestFunction.SHA256, exec_enabled=True
            ),
            low_api_version=version,
            high_api_version=version,
        )


def main() -> None:
    _, _, directory, storage, port = sys.argv
    # BuildGrid fills a batch of blobs up to the limit; framing is added to that.
    options = (("grpc.max_receive_message_length", -1),)
    channel = grpc.insecure_channel(f"127.0.0.1:{storage}", options)
    server = grpc.server(ThreadPoolExecutor(64))
    services.add_ExecutionServicer_to_server(Worker(Path(directory), channel), server)
    services.add_CapabilitiesServicer_to_server(Capabilities(), server)
    assert server.add_insecure_port(f"127.0.0.1:{port}") == int(port)
    server.start()
    server.wait_for_termination()


main()
