"""Tests and checks that programs are statically linked.

    load("@elf_static//:defs.bzl", "elf_static_test")

    elf_static_test(
        name = "agent_static_test",
        binary = ":agent",
    )
"""

load("//private:aspect.bzl", _elf_static_aspect = "elf_static_aspect")
load("//private:test.bzl", _elf_static_test = "elf_static_test")

elf_static_aspect = _elf_static_aspect

def elf_static_test(
        name,
        binary,
        policy = None,
        goos = None,
        goarch = None,
        run_in_scratch = None,
        **kwargs):
    """Tests that a program is statically linked and satisfies a policy.

    The test reads the file itself. It needs Python 3.9 or newer on the machine that runs it, and no
    packages. Its JUnit report is in the test's outputs (test.xml).

    Args:
      name: the test's name.
      binary: the program: a label of an executable (go_binary, cc_binary, a genrule, …), of a file, or
        of an archive, an image or a directory with programs. It must provide one output.
      policy: what the program must satisfy: the label of a TOML file, or of a built-in policy, such as
        @elf_static//policies:rules-go. Default: the flag --@elf_static//:policy, which is
        @elf_static//policies:any-language.
      goos: the system that the program is for, such as "linux". Default: not judged.
      goarch: the machine that the program is for, as Go calls it, such as "arm64". Default: not judged.
      run_in_scratch: also start the program in an empty root file system, with these arguments, and
        expect exit code 0: ["--version"], or [] for none. Default: it is not started.
      **kwargs: what every test takes: `size` (default: "small"), `tags`, `timeout`, `visibility`, ….
    """
    _elf_static_test(
        name = name,
        binary = binary,
        policy = policy,
        goos = goos,
        goarch = goarch,
        run_in_scratch = run_in_scratch,
        start = run_in_scratch != None,
        size = kwargs.pop("size", "small"),
        **kwargs
    )
