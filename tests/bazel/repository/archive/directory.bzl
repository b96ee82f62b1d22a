"""A directory as an output, such as rules_oci's images are."""

def _directory_impl(ctx):
    directory = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run(
        executable = "cp",
        arguments = ["-L", ctx.file.file.path, directory.path],
        inputs = [ctx.file.file],
        outputs = [directory],
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([directory]))]

directory = rule(
    implementation = _directory_impl,
    attrs = {"file": attr.label(allow_single_file = True)},
)
