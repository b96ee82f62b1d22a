"""C programs, linked by this machine's gcc in every relevant way."""

from __future__ import annotations

import functools
import os
import platform
import subprocess
from collections.abc import Callable
from pathlib import Path

from elf_static_testing.case import Case, ids
from elf_static_testing.go_programs import need_gcc

_HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
_NAMES = '#include <netdb.h>\nint main(void) { return gethostbyname("localhost") == 0; }\n'
_ALONE = """\
void _start(void) {
    __asm__ volatile("mov $60, %eax\\n xor %edi, %edi\\n syscall");
}
"""
_PROBE = """\
__attribute__((section("socket"), used)) int probe(void *context) { return 0; }
char _license[] __attribute__((section("license"), used)) = "GPL";
"""
_LIBRARY = "int answer(void) { return 42; }\n"


def bpf_cases(directory: Path) -> list[Case]:
    """eBPF objects in both byte orders, compiled by the clang in the tests' environment."""
    return [
        Case(
            f"eBPF object {target}",
            functools.partial(_compile_bpf, directory, target),
            "not-static",
            ids("002"),
        )
        for target in ("bpfel", "bpfeb")
    ]


def _compile_bpf(directory: Path, target: str) -> Path:
    tools = os.environ.get("GO_STATIC_TEST_TOOLS")
    if not tools:
        raise AssertionError("Run the tests through ./run-tests, which brings a clang for eBPF.")
    source = directory / "probe.c"
    directory.mkdir(parents=True, exist_ok=True)
    source.write_text(_PROBE)
    output = directory / f"probe.{target}.o"
    subprocess.run(
        [f"{tools}/clang", "-target", target, "-O2", "-g", "-c", source, "-o", output],
        check=True,
    )
    return output


def _compile_c(directory: Path, name: str, source: str, *flags: str) -> Path:
    need_gcc()
    assert platform.machine() == "x86_64", "These tests compile C programs for x86-64, on x86-64."
    file = directory / f"{name}.c"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source)
    output = directory / name
    subprocess.run(["gcc", *flags, "-o", str(output), str(file)], check=True)
    return output


def c_cases(directory: Path) -> list[Case]:
    """`_ALONE` and the expectations of gcc's defaults are for x86-64."""
    alone = ("-nostdlib", "-ffreestanding", "-fno-stack-protector")

    def build(name: str, source: str, *flags: str) -> Callable[[], Path]:
        return functools.partial(_compile_c, directory, name, source, *flags)

    return [
        Case("static", build("static", _HELLO, "-static"), findings=ids("014")),
        Case(
            "static, asks for names",
            build("names", _NAMES, "-static", "-Wl,--no-warnings"),
            findings=ids("014 015"),
        ),
        Case("static-PIE", build("static-pie", _HELLO, "-static-pie"), findings=ids("014")),
        Case(
            "default policy",
            build("static-default", _HELLO, "-static"),
            findings=ids("014 017"),
            policy="default",
        ),
        Case("alone", build("alone", _ALONE, *alone, "-static")),
        Case(
            "alone, position-independent",
            build("alone-static-pie", _ALONE, *alone, "-static-pie"),
        ),
        Case(
            "PIE without libraries",
            build("pie-alone", _ALONE, *alone, "-pie"),
            "not-static",
            ids("004"),
        ),
        Case(
            "PIE without an interpreter",
            build("pie-no-interpreter", _ALONE, *alone, "-pie", "-Wl,--no-dynamic-linker"),
        ),
        Case("dynamic", build("dynamic", _HELLO, "-no-pie"), "not-static", ids("004 005 006 007")),
        Case("dynamic PIE", build("dynamic-pie", _HELLO, "-pie"), "not-static", ids("004 005 007")),
        Case(
            "library",
            build("library.so", _LIBRARY, "-shared", "-fPIC", "-nostdlib"),
            "not-static",
            ids("002"),
        ),
        Case("object", build("object.o", _HELLO, "-c"), "not-static", ids("002")),
        Case(
            "executable stack",
            build("stack", _ALONE, *alone, "-static", "-Wl,-z,execstack"),
            findings=ids("013"),
        ),
        Case(
            "search path",
            build("rpath", _HELLO, "-no-pie", "-Wl,-rpath,/opt/lib"),
            "not-static",
            ids("004 005 006 007 010"),
        ),
        Case(
            "writable code",
            build("omagic", _ALONE, *alone, "-static", "-Wl,--omagic"),
            findings=ids("012"),
        ),
        Case(
            "relocations in the code",
            build(
                "textrel",
                _ALONE + '__asm__(".text\\n.quad _start\\n");\n',
                *alone,
                "-static-pie",
                "-Wl,-z,notext",
            ),
            findings=ids("011"),
        ),
    ]
