"""The bytes of an archive or image. Each program is judged, and no path leads out."""

from __future__ import annotations

from elf_static.archives import limits
from elf_static.archives.limits import ArchiveError
from elf_static.archives.programs import is_archive, programs_in
from elf_static.elf.bounded_file import Source
from elf_static.elf.reader import read_source
from elf_static.judge.judgement import judge
from elf_static.judge.policy import load_policy
from fuzzing.reports import check_text, memory_file

WORDS = (
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"BZh9"),
    *(
        b"!<arch>\ndebian-binary",
        b"data.tar",
        b"ustar\0",
        b"ustar  \0",
        b"../",
        b".wh.",
        b"\x7fELF",
    ),
    *(b".wh..wh..opq", b"11 path=a/b\n", b"manifest.json", b"oci-layout", b"index.json", b"blobs/"),
    *(b'[{"Layers": ["a"]}]', b'{"manifests": [{"digest": "sha256:', b"a.tar", b"0000644\0"),
)

_POLICY = load_policy("any-language")
# A real bomb takes a second to be recognized.
limits.RATIO_FROM = 1 << 20


def check(data: bytes) -> None:
    with memory_file(data) as descriptor:
        source = Source(descriptor, len(data))
        if not is_archive(source):
            return
        try:
            for program in programs_in(source):
                assert program.path.startswith("!"), program.path
                assert ".." not in program.path.split("/"), program.path
                assert (program.source is None) == bool(program.problem), program
                if program.source is not None:
                    assert program.source.read_up_to(0, 4) == b"\x7fELF", program.path
                    judge(read_source(program.source), _POLICY)
        except ArchiveError as e:
            check_text(str(e))
