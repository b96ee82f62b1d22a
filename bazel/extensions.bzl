"""Which checker to use: one file, elf-static.pyz, pinned by its hash. In your MODULE.bazel:

    checker = use_extension("@elf_static//:extensions.bzl", "elf_static_checker")
    checker.pyz(
        urls = ["https://files.example.com/elf-static.pyz"],
        sha256 = "…",
    )
"""

load("//private:checker.bzl", "checker_repository")

def _elf_static_checker_impl(module_ctx):
    # The root module decides; a release of elf_static may bring a default.
    for module in module_ctx.modules:
        if not module.tags.pyz or not (module.is_root or module.name == "elf_static"):
            continue
        if len(module.tags.pyz) > 1:
            fail("elf_static: {} names {} checkers with checker.pyz(…); name one.".format(
                module.name or "MODULE.bazel",
                len(module.tags.pyz),
            ))
        tag = module.tags.pyz[0]
        checker_repository(
            name = "elf_static_checker",
            path = tag.path,
            sha256 = tag.sha256,
            urls = tag.urls,
        )
        return
    checker_repository(name = "elf_static_checker")

_pyz = tag_class(
    doc = "The checker. Either `urls` and `sha256`, or `path`.",
    attrs = {
        "path": attr.string(
            doc = "A file on this machine; relative to the directory of MODULE.bazel.",
        ),
        "sha256": attr.string(doc = "The SHA-256 of the file, in hexadecimal; required with `urls`."),
        "urls": attr.string_list(doc = "Where to download the file; tried in this order."),
    },
)

elf_static_checker = module_extension(
    implementation = _elf_static_checker_impl,
    doc = "Provides the checker to elf_static_test and elf_static_aspect.",
    tag_classes = {"pyz": _pyz},
)
