"""The extension with which a MODULE.bazel names a Go SDK. Here it is the one on PATH."""

go_sdk = module_extension(
    implementation = lambda module_ctx: None,
    tag_classes = {
        "download": tag_class(attrs = {"version": attr.string()}),
    },
)
