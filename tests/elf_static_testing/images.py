"""Archives and images, made with Python's own tarfile and zipfile."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Union


@dataclass(frozen=True)
class Link:
    target: str
    hard: bool = False


Content = Union[bytes, Link, None]
"""None is a directory."""

Members = Iterable[tuple[str, Content]]


def tar(members: Members, format: int = tarfile.PAX_FORMAT) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=format) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, Link):
                info.type = tarfile.LNKTYPE if content.hard else tarfile.SYMTYPE
                info.linkname = content.target
                archive.addfile(info)
            elif content is None:
                info.type = tarfile.DIRTYPE
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def descriptor(media_type: str, data: bytes, **more: object) -> dict[str, object]:
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return {"mediaType": media_type, "digest": digest, "size": len(data), **more}


@dataclass(frozen=True)
class Layout:
    """The files of an OCI image layout."""

    files: Mapping[str, bytes]

    @classmethod
    def of(
        cls,
        images: Iterable[Iterable[Members]],
        platforms: Iterable[str | None] = (None,),
        compressed: bool = True,
    ) -> Layout:
        """
        :param images: the layers of each image.
        :param platforms: os/architecture of each.
        """
        files: dict[str, bytes] = {}

        def add(media_type: str, data: bytes, **more: object) -> dict[str, object]:
            described = descriptor(media_type, data, **more)
            files["blobs/sha256/" + str(described["digest"]).partition(":")[2]] = data
            return described

        manifests = []
        for layers, platform in zip(images, platforms):
            config = add("application/vnd.oci.image.config.v1+json", b"{}")
            described = []
            for members in layers:
                data = tar(members)
                data = gzip.compress(data, mtime=0) if compressed else data
                end = "tar+gzip" if compressed else "tar"
                described.append(add(f"application/vnd.oci.image.layer.v1.{end}", data))
            manifest = json.dumps({"schemaVersion": 2, "config": config, "layers": described})
            more: dict[str, object] = {}
            if platform:
                os, _, architecture = platform.partition("/")
                more["platform"] = {"os": os, "architecture": architecture}
            media_type = "application/vnd.oci.image.manifest.v1+json"
            manifests.append(add(media_type, manifest.encode(), **more))
        files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": manifests}).encode()
        files["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
        return cls(files)

    def write(self, directory: Path) -> Path:
        for name, data in self.files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return directory

    def archive(self) -> bytes:
        return tar(sorted(self.files.items()))


def docker_save(layers: Iterable[Members], names: Iterable[str] = ()) -> bytes:
    """As `docker save` wrote it until Docker 25."""
    datas = [tar(members) for members in layers]
    paths = list(names) or [f"{number:064x}/layer.tar" for number in range(len(datas))]
    manifest = [{"Config": "c.json", "RepoTags": ["agent:latest"], "Layers": paths}]
    return tar(
        [
            *zip(paths, datas),
            ("c.json", b"{}"),
            ("manifest.json", json.dumps(manifest).encode()),
        ]
    )
