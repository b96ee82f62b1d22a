"""Policies as labels: a TOML file, or a built-in one."""

# The names that `elf-static check --policy` knows.
BUILT_IN = [
    "any-language",
    "default",
    "rules-go",
    "strict",
]

BuiltInPolicyInfo = provider(
    doc = "A policy that the checker brings.",
    fields = {"name": "What `elf-static check --policy` calls it."},
)

def _built_in_policy_impl(ctx):
    # A file, like any other policy, for those who want one.
    file = ctx.actions.declare_file(ctx.label.name + ".toml")
    ctx.actions.write(file, "extends = \"{}\"\n".format(ctx.label.name))
    return [
        BuiltInPolicyInfo(name = ctx.label.name),
        DefaultInfo(files = depset([file])),
    ]

built_in_policy = rule(
    implementation = _built_in_policy_impl,
    doc = "A policy that the checker brings; the target's name is the policy's.",
    provides = [BuiltInPolicyInfo],
)

def name_or(policy, path):
    """Returns how reports call a policy: the name of a built-in one, otherwise the path.

    Args:
      policy: a target.
      path: of the policy's file.
    """
    return policy[BuiltInPolicyInfo].name if BuiltInPolicyInfo in policy else path
