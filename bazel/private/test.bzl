"""The rule behind elf_static_test."""

load(":label.bzl", "shown")
load(":policy.bzl", "name_or")

def _elf_static_test_impl(ctx):
    binary = _file(ctx)
    arguments = [
        "--name=" + shown(ctx.attr.binary.label),
        "--policy=" + name_or(ctx.attr.policy, ctx.file.policy.short_path),
    ]
    if ctx.attr.goos:
        arguments.append("--goos=" + ctx.attr.goos)
    if ctx.attr.goarch:
        arguments.append("--goarch=" + ctx.attr.goarch)
    if ctx.attr.start:
        words = " ".join([_quoted(word) for word in ctx.attr.run_in_scratch])
        arguments.append("--run-in-scratch=" + words)
    if binary.is_directory:
        arguments.append("--recursive")
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        template = ctx.file._template,
        output = script,
        substitutions = {
            "%{arguments}": " ".join([_quoted(argument) for argument in arguments]),
            "%{checker}": _quoted(ctx.file._checker.short_path),
            "%{file}": _quoted(binary.short_path),
            "%{launcher}": _quoted(ctx.file._launcher.short_path),
            "%{workspace}": _quoted(ctx.workspace_name),
        },
        is_executable = True,
    )
    files = [binary, ctx.file.policy, ctx.file._checker, ctx.file._launcher]
    return [DefaultInfo(executable = script, runfiles = ctx.runfiles(files = files))]

def _file(ctx):
    """Returns the file to check: the executable of a target, or its only file."""
    info = ctx.attr.binary[DefaultInfo]
    if info.files_to_run.executable:
        return info.files_to_run.executable
    files = info.files.to_list()
    if len(files) != 1:
        fail("elf_static_test: `binary` must be an executable or exactly one file. {} provides: {}".format(
            shown(ctx.attr.binary.label),
            ", ".join([file.short_path for file in files]) or "no files",
        ))
    return files[0]

def _quoted(word):
    """Returns a word as a shell reads it back."""
    return "'" + word.replace("'", "'\\''") + "'"

elf_static_test = rule(
    implementation = _elf_static_test_impl,
    doc = "See elf_static_test in //:defs.bzl.",
    attrs = {
        "binary": attr.label(
            doc = "The program: an executable, a file, or an archive, image or directory with programs.",
            allow_files = True,
            mandatory = True,
        ),
        "goarch": attr.string(
            doc = "The machine that the program is for, such as arm64. Empty: not judged.",
        ),
        "goos": attr.string(
            doc = "The system that the program is for, such as linux. Empty: not judged.",
        ),
        "policy": attr.label(
            doc = "What the program must satisfy: a TOML file or @elf_static//policies:NAME.",
            allow_single_file = [".toml"],
            default = "//:policy",
        ),
        "run_in_scratch": attr.string_list(
            doc = "The arguments to start the program with.",
        ),
        "start": attr.bool(
            doc = "Whether to start the program in an empty root file system.",
        ),
        "_checker": attr.label(
            allow_single_file = True,
            default = "@elf_static_checker//:elf-static.pyz",
        ),
        "_launcher": attr.label(allow_single_file = True, default = "//private:check.sh"),
        "_template": attr.label(allow_single_file = True, default = "//private:test.sh.tpl"),
    },
    test = True,
)
