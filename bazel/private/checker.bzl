"""The repository that holds the checker."""

_FILE = "elf-static.pyz"

def _checker_repository_impl(repository_ctx):
    attr = repository_ctx.attr
    if attr.path and (attr.urls or attr.sha256):
        fail("elf_static: checker.pyz(…) has both `path` and `urls`/`sha256`; keep one of the two.")
    if attr.path:
        file = repository_ctx.workspace_root.get_child(attr.path)
        if not file.exists:
            fail("elf_static: checker.pyz(path = \"{}\"): there is no file {}.".format(attr.path, file))
        repository_ctx.symlink(file, _FILE)
    elif attr.urls:
        if not attr.sha256:
            fail("elf_static: checker.pyz(urls = …) needs `sha256`: the output of `sha256sum {}`.".format(_FILE))
        repository_ctx.download(attr.urls, output = _FILE, sha256 = attr.sha256)
    else:
        fail("""elf_static: MODULE.bazel does not say which checker to use. Add:

    checker = use_extension("@elf_static//:extensions.bzl", "elf_static_checker")
    checker.pyz(
        urls = ["https://…/elf-static.pyz"],
        sha256 = "…",
    )
""")
    repository_ctx.file("BUILD.bazel", "exports_files([\"{}\"])\n".format(_FILE))

checker_repository = repository_rule(
    implementation = _checker_repository_impl,
    doc = "Holds elf-static.pyz; see elf_static_checker in //:extensions.bzl.",
    attrs = {
        "path": attr.string(),
        "sha256": attr.string(),
        "urls": attr.string_list(),
    },
)
