"""The aspect behind elf_static_aspect."""

load(":label.bzl", "shown")
load(":policy.bzl", "name_or")

_OPT_OUT = "no-elf-static"

def _elf_static_aspect_impl(target, ctx):
    program = target[DefaultInfo].files_to_run.executable
    if not program or not _is_judged(ctx.rule):
        return []
    report = ctx.actions.declare_file(ctx.label.name + ".elf_static.txt")

    arguments = ctx.actions.args()
    arguments.add_all([report, ctx.file._launcher, ctx.file._checker, program])
    arguments.add(shown(target.label), format = "--name=%s")
    arguments.add(name_or(ctx.attr._policy, ctx.file._policy.path), format = "--policy=%s")

    # rules_go: "auto" if the rule does not say.
    for option in ("goos", "goarch"):
        value = getattr(ctx.rule.attr, option, None)
        if type(value) == "string" and value not in ("", "auto"):
            arguments.add(value, format = "--" + option + "=%s")

    ctx.actions.run(
        executable = ctx.executable._validate,
        arguments = [arguments],
        inputs = [program, ctx.file._checker, ctx.file._launcher, ctx.file._policy],
        outputs = [report],
        mnemonic = "ElfStatic",
        progress_message = "Checking that %{label} is static",
        # Python is looked for on PATH.
        use_default_shell_env = True,
    )
    return [OutputGroupInfo(_validation = depset([report]))]

def _is_judged(rule):
    """Whether a target is a program to ship: not a test or a shared library, and not opted out."""
    return not (
        rule.kind.endswith("_test") or
        getattr(rule.attr, "linkshared", False) or
        _OPT_OUT in rule.attr.tags
    )

elf_static_aspect = aspect(
    implementation = _elf_static_aspect_impl,
    doc = """Makes `bazel build` fail for a program that is not static, and say why.

It needs no change to BUILD files. In .bazelrc:

    build --aspects=@elf_static//:defs.bzl%elf_static_aspect
    build --@elf_static//:policy=@elf_static//policies:rules-go

Judged is every executable that the command line names, whatever rule makes it, and `//...` names
all. Scripts, programs for Windows and macOS, tests, and targets with the tag "no-elf-static" are
not. What a go_binary says in `goos` and `goarch` is held against the file.
""",
    attrs = {
        "_checker": attr.label(
            allow_single_file = True,
            default = "@elf_static_checker//:elf-static.pyz",
        ),
        "_launcher": attr.label(allow_single_file = True, default = "//private:check.sh"),
        "_policy": attr.label(allow_single_file = [".toml"], default = "//:policy"),
        "_validate": attr.label(
            allow_single_file = True,
            cfg = "exec",
            default = "//private:validate.sh",
            executable = True,
        ),
    },
)
