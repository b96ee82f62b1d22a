"""Where `tailor` puts a `go_static_binary`, and its name, if other targets have taken the best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from go_static.engine import repo_paths


@dataclass(frozen=True)
class Program:
    """A main package, the name that `go build` gives its file, and the directory of its module."""

    directory: str
    name: str
    module: str


@dataclass(frozen=True)
class Place:
    """The directory of a BUILD file, the name of a target in it, and its field `main`."""

    directory: str
    name: str
    main: str = "."


def place_programs(
    programs: Iterable[Program], taken: Mapping[str, frozenset[str]], editable: frozenset[str]
) -> tuple[Place, ...]:
    """Each program goes next to its main package; if its name is taken there, to its module; and if
    it is taken there too, it gets a suffix.

    :param taken: the names of other targets, by directory.
    :param editable: the directories whose BUILD files may be changed.
    """
    used = {(directory, name) for directory, names in taken.items() for name in names}
    places = []
    for program in programs:
        own = Place(program.directory, program.name)
        in_module = Place(
            program.module, program.name, repo_paths.main_field(program.directory, program.module)
        )
        suffixed = Place(program.directory, f"{program.name}-static")
        choices = [own, *([in_module] if program.module in editable else []), suffixed]
        place = next((c for c in choices if (c.directory, c.name) not in used), suffixed)
        used.add((place.directory, place.name))
        places.append(place)
    return tuple(places)
