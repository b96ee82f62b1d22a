"""Container images: OCI layouts (image-spec, image-layout.md) and the archives of `docker save`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Optional

from elf_static.archives.limits import (
    MAX_IMAGES,
    MAX_LAYERS,
    MAX_NESTED,
    ArchiveError,
    Budget,
    LimitError,
)
from elf_static.elf.printable import printable

Lookup = Callable[[str], Optional[bytes]]
"""The file at a path of a layout or archive, of at most `MAX_JSON` bytes; None if there is none."""

_DIGEST = re.compile(r"([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]{32,128})")
_ATTESTATION = "vnd.docker.reference.type"


@dataclass(frozen=True)
class Image:
    """`layers` are names, the lowest first. Equal names are the same layer."""

    name: str
    layers: tuple[str, ...]


def is_image(lookup: Lookup, budget: Budget) -> bool:
    return lookup("oci-layout") is not None or _docker_manifest(lookup, budget) is not None


def read_images(lookup: Lookup, budget: Budget) -> list[Image]:
    """
    :raises ArchiveError: it is damaged, or there is none.
    """
    manifest = _docker_manifest(lookup, budget)
    if manifest is not None:
        images = list(_docker_images(manifest))
    else:
        reader = _OciReader(lookup, budget, set())
        found = reader.images(_json(lookup, "index.json", budget), depth=0)
        images = list(islice(found, MAX_IMAGES + 1))
    if not images:
        raise ArchiveError("contains no image with layers of files")
    if len(images) > MAX_IMAGES:
        raise ArchiveError(f"contains more than {MAX_IMAGES} images")
    for image in images:
        if len(image.layers) > MAX_LAYERS:
            raise ArchiveError(f"has an image with more than {MAX_LAYERS} layers")
    return list(_with_unique_names(images))


def _with_unique_names(images: list[Image]) -> Iterator[Image]:
    """Several images of one layout may be for the same platform."""
    numbers: Counter[str] = Counter()
    for image in images:
        numbers[image.name] += 1
        number = numbers[image.name]
        yield replace(image, name=f"{image.name} ({number})") if number > 1 else image


def _docker_manifest(lookup: Lookup, budget: Budget) -> list[dict[str, Any]] | None:
    """The list of images from `docker save`. Other archives may have a file with this name too."""
    try:
        if lookup("manifest.json") is None:
            return None
        manifest = _json(lookup, "manifest.json", budget)
    except LimitError:
        raise
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


@dataclass(frozen=True)
class _OciReader:
    """`seen` has the paths of the manifests that were read. Each is read once: an index may contain
    one many times, and itself."""

    lookup: Lookup
    budget: Budget
    seen: set[str]

    def images(self, index: Any, depth: int) -> Iterator[Image]:
        if depth > MAX_NESTED:
            raise ArchiveError(f"is damaged: its indexes are nested more than {MAX_NESTED} deep")
        for descriptor in _list(index, "manifests"):
            if _ATTESTATION in _dict(descriptor, "annotations"):
                continue
            path = _blob_path(descriptor)
            if path in self.seen:
                continue
            self.seen.add(path)
            manifest = _json(self.lookup, path, self.budget)
            if isinstance(_dict(manifest).get("manifests"), list):
                yield from self.images(manifest, depth + 1)
                continue
            layers = [
                layer
                for layer in _list(manifest, "layers")
                if "tar" in str(_dict(layer).get("mediaType", ""))
            ]
            if layers:
                yield Image(_image_name(descriptor), tuple(map(_blob_path, layers)))


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


def _json(lookup: Lookup, path: str, budget: Budget) -> Any:
    data = lookup(path)
    if data is None:
        raise ArchiveError(f"is damaged: it has no {printable(path)}, which its image needs")
    budget.document(len(data))
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
