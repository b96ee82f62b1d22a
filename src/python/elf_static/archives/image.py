"""Container images: OCI layouts (image-spec, image-layout.md) and the archives of `docker save`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Optional

from elf_static.archives.blobs import Blob, read_all
from elf_static.archives.limits import MAX_JSON, MAX_LAYERS, MAX_NESTED, ArchiveError
from elf_static.elf.printable import printable

Lookup = Callable[[str], Optional[Blob]]
"""The file at a path of a layout or archive; None if there is none."""

_DIGEST = re.compile(r"([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]{32,128})")
_ATTESTATION = "vnd.docker.reference.type"


@dataclass(frozen=True)
class Image:
    """`layers` are names, the lowest first. Equal names are the same layer."""

    name: str
    layers: tuple[str, ...]


def is_image(lookup: Lookup) -> bool:
    return lookup("oci-layout") is not None or _docker_manifest(lookup) is not None


def read_images(lookup: Lookup) -> list[Image]:
    """
    :raises ArchiveError: it is damaged, or there is none.
    """
    manifest = _docker_manifest(lookup)
    if manifest is not None:
        images = list(_docker_images(manifest))
    else:
        images = list(_oci_images(lookup, _json(lookup, "index.json"), depth=0))
    if not images:
        raise ArchiveError("contains no image with layers of files")
    for image in images:
        if len(image.layers) > MAX_LAYERS:
            raise ArchiveError(f"has an image with more than {MAX_LAYERS} layers")
    return images


def _docker_manifest(lookup: Lookup) -> list[dict[str, Any]] | None:
    """The list of images from `docker save`. Other archives may have a file with this name too."""
    if lookup("manifest.json") is None:
        return None
    try:
        manifest = _json(lookup, "manifest.json")
    except ArchiveError:
        return None
    if isinstance(manifest, list) and manifest and all(map(_has_layers, manifest)):
        return manifest
    return None


def _has_layers(entry: object) -> bool:
    layers = entry.get("Layers") if isinstance(entry, dict) else None
    return isinstance(layers, list) and all(isinstance(layer, str) for layer in layers)


def _docker_images(manifest: list[dict[str, Any]]) -> Iterator[Image]:
    for number, entry in enumerate(manifest, 1):
        tags = entry.get("RepoTags")
        tag = tags[0] if isinstance(tags, list) and tags else f"image {number}"
        yield Image(str(tag), tuple(entry["Layers"]))


def _oci_images(lookup: Lookup, index: Any, depth: int) -> Iterator[Image]:
    if depth > MAX_NESTED:
        raise ArchiveError(f"is damaged: its indexes are nested more than {MAX_NESTED} deep")
    for descriptor in _list(index, "manifests"):
        annotations = _dict(descriptor, "annotations")
        if _ATTESTATION in annotations:
            continue
        path = _blob_path(descriptor)
        manifest = _json(lookup, path)
        if isinstance(_dict(manifest).get("manifests"), list):
            yield from _oci_images(lookup, manifest, depth + 1)
            continue
        layers = [
            layer
            for layer in _list(manifest, "layers")
            if "tar" in str(_dict(layer).get("mediaType", ""))
        ]
        if layers:
            yield Image(_image_name(descriptor), tuple(_blob_path(layer) for layer in layers))


def _image_name(descriptor: Any) -> str:
    platform = _dict(descriptor, "platform")
    words = [str(platform[key]) for key in ("os", "architecture", "variant") if key in platform]
    name = _dict(descriptor, "annotations").get("org.opencontainers.image.ref.name")
    return "/".join(words) or str(name or _dict(descriptor).get("digest", ""))


def _blob_path(descriptor: Any) -> str:
    digest = _dict(descriptor).get("digest")
    match = _DIGEST.fullmatch(digest) if isinstance(digest, str) else None
    if not match:
        raise ArchiveError(f"is damaged: {printable(str(digest)[:200])} is not a digest")
    return f"blobs/{match[1]}/{match[2]}"


def _json(lookup: Lookup, path: str) -> Any:
    blob = lookup(path)
    if blob is None:
        raise ArchiveError(f"is damaged: it has no {printable(path)}, which its image needs")
    data = read_all(blob, MAX_JSON, printable(path))
    try:
        # Numbers are not needed, and long ones take quadratic time.
        return json.loads(data, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as e:
        reason = printable(str(e)[:200])
        raise ArchiveError(f"is damaged: {printable(path)} is not valid JSON: {reason}") from None


def _dict(value: Any, key: str | None = None) -> dict[str, Any]:
    inner = value if key is None else _dict(value).get(key)
    return inner if isinstance(inner, dict) else {}


def _list(value: Any, key: str) -> list[Any]:
    inner = _dict(value).get(key)
    return inner if isinstance(inner, list) else []
