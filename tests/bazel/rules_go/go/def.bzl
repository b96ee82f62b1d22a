"""go_binary, as rules_go defines it: compiles and links without `go build`, so that the file has no
build settings."""

def _go_binary_impl(ctx):
    binary = ctx.actions.declare_file("{0}_/{0}".format(ctx.label.name))
    goos = "linux" if ctx.attr.goos == "auto" else ctx.attr.goos
    goarch = "amd64" if ctx.attr.goarch == "auto" else ctx.attr.goarch
    if "builds-for-amd64" in ctx.attr.tags:
        goarch = "amd64"
    ctx.actions.run(
        executable = ctx.executable._build,
        arguments = [
            binary.path,
            goos,
            goarch,
            "exe" if ctx.attr.linkmode in ("auto", "normal") else ctx.attr.linkmode,
            # cgo is on unless the rule says otherwise, or the program is for another machine.
            "0" if ctx.attr.pure == "on" or (goos, goarch) != ("linux", "amd64") else "1",
        ] + [file.path for file in ctx.files.srcs],
        inputs = ctx.files.srcs,
        outputs = [binary],
        mnemonic = "GoLink",
        use_default_shell_env = True,
    )
    return [DefaultInfo(executable = binary, files = depset([binary]))]

go_binary = rule(
    implementation = _go_binary_impl,
    attrs = {
        "goarch": attr.string(default = "auto"),
        "goos": attr.string(default = "auto"),
        "linkmode": attr.string(default = "auto"),
        "pure": attr.string(default = "auto"),
        "srcs": attr.label_list(allow_files = [".go"]),
        "static": attr.string(default = "auto"),
        "_build": attr.label(
            allow_single_file = True,
            cfg = "exec",
            default = ":build.sh",
            executable = True,
        ),
    },
    executable = True,
)
