"""Which test runs or checks each block of README.md and docs/.

A block of commands (`sh`, `console`) is listed command by command, so that a new command without a
test is an error. Any other block is listed by its first line. `…` matches the rest of a line.
"""

from __future__ import annotations

# For each page: a test, as FILE::NAME below tests/, and the parts of the page that it covers.
COVERED: dict[str, dict[str, tuple[str, ...]]] = {
    "README.md": {
        "end_to_end/test_readme.py::test_the_readme_and_ci_install_the_same_system_packages": (
            "apt-get update && apt-get install -y binutils…",
        ),
        "wheels/test_in_pants.py::test_the_readmes_example_in_a_repository_of_its_own": (
            "./build-wheels /path/to/your/repository/3rdparty/wheels",
            "[GLOBAL]",
            "pants tailor ::",
            "pants package ::",
            "pants test ::",
        ),
        "end_to_end/test_readme.py::test_the_console_session_of_the_readme_is_real": (
            "./pants package src/go/whoami::",
            "rm src/go/whoami/BUILD",
            "./pants tailor src/go/whoami::",
            "./pants package src/go/whoami::",
            "./pants test --output=all src/go/whoami::",
            "./pants run src/go/whoami:whoami -- -version",
        ),
        "go_static/test_pages_rules.py::test_a_build_file_of_a_page_is_one": ("go_static_binary(",),
        "end_to_end/test_readme.py::test_the_report_of_the_readme_is_real": (
            "agent: not static, linux/amd64, go1.26.6, 1.9 MB",
        ),
    },
    "docs/cgo.md": {
        "end_to_end/test_errors.py::test_the_error_on_the_page_on_cgo_is_real": (
            "bad:it cannot be built for linux/amd64: example.com/bad/deep/c needs cgo,…",
        ),
        "go_static/test_pages_rules.py::test_a_build_file_of_a_page_is_one": (
            'go_static_binary(policy="strict")',
        ),
    },
    "docs/ci.md": {
        "end_to_end/test_ci_page.py::test_pants_accepts_the_settings_for_a_remote_cache": (
            "[GLOBAL]",
            "export PANTS_REMOTE_CACHE_WRITE=false",
        ),
        "end_to_end/test_ci_page.py::test_the_recipes_run_the_same_command": (
            "name: binaries",
            "pants --no-pantsd package test ::",
        ),
        "end_to_end/test_ci_page.py::"
        "test_a_branch_builds_only_binaries_that_the_change_can_affect": (
            "pants --changed-since=origin/main --changed-dependents=transitive package test",
        ),
        "end_to_end/test_ci_page.py::test_jobs_keep_their_caches_and_give_the_same_bytes": (
            "binaries:",
            "export USER=ci PANTS_NAMED_CACHES_DIR=/caches/named "
            "PANTS_LOCAL_STORE_DIR=/caches/store",
            'export PANTS_LOCAL_EXECUTION_ROOT_DIR="$(mktemp -d)"',
            "trap 'rm -rf \"$PANTS_LOCAL_EXECUTION_ROOT_DIR\"' EXIT",
        ),
    },
    "docs/code-generation.md": {
        "go_static/test_pages_rules.py::test_a_build_file_of_a_page_is_one": (
            'go_module(name="mod")',
        ),
    },
    "docs/contributing.md": {
        "go_static/test_pages.py::test_the_commands_for_contributors_select_tests": (
            ".ci/check",
            "./run-tests fast",
            "./run-tests tests/end_to_end/test_goals.py -k tailor",
            "./run-tests",
            "./run-tests tests/bazel",
            ".ci/run",
            "./run-tests --all-releases tests/end_to_end/test_go_versions.py…",
            "PANTS_EXE=/path/to/pants ./run-tests tests/end_to_end",
            "bench/fuzz --hours 8",
            "bench/fuzz --hours 1 --target policies --seed 7",
            "bench/fuzz --mutants 1000000",
            "bench/fuzz --minimize",
        ),
    },
    "docs/elsewhere.md": {
        "bazel/test_examples.py::test_what_the_page_shows": (
            'bazel_dep(name = "elf_static", version = "0.1.0")',
            "build --aspects=@elf_static//:defs.bzl%elf_static_aspect",
            'load("@elf_static//:defs.bzl", "elf_static_test")',
        ),
        "wheels/test_elsewhere.py::test_the_action_judges_the_programs": ("name: static",),
        "wheels/test_elsewhere.py::test_the_hook_rejects_a_commit_with_another_program": (
            "repos:",
        ),
        "wheels/test_elsewhere.py::test_the_component_judges_the_programs": ("include:",),
        "wheels/test_elsewhere.py::test_an_image_with_another_program_is_not_built": (
            "# Containerfile",
        ),
        "wheels/test_elsewhere.py::test_the_commands_for_anywhere_else_work": (
            "curl --fail --location --output elf-static.pyz https://files.example.com/elf…",
            'echo "0000000000000000000000000000000000000000000000000000000000000000  elf…',
            "python3 elf-static.pyz check --policy=default dist/agent",
        ),
    },
    "docs/features.md": {
        "go_static/test_pages_rules.py::test_a_build_file_of_a_page_is_one": ("go_static_binary(",),
        "go_static/build/test_features_rules.py::"
        "test_the_policies_of_the_page_require_and_forbid_features": ("# build/shipped.toml",),
        "go_static/build/test_features_rules.py::"
        "test_a_program_built_for_coverage_says_what_was_covered_and_fails_its_test": (
            "# build/covered.toml",
        ),
    },
    "docs/go-tests.md": {
        "end_to_end/test_go_tests.py::test_the_commands_of_the_page": (
            "pants test ::",
            "pants test :: -- -run TestOne -v",
            "pants test --report --use-coverage ::",
            "pants --changed-since=HEAD --changed-dependents=transitive test",
        ),
        "end_to_end/test_go_tests.py::"
        "test_debug_gives_the_terminal_to_a_binary_that_a_debugger_can_read": (
            "pants --keep-sandboxes=always test --debug src/go/logfilter/internal/level:: -- -v",
        ),
        "go_static/graph/test_targets_rules.py::test_the_fields_of_the_page_on_tests": (
            'files(name="schemas", sources=["schemas/*.json"])',
        ),
    },
    "docs/format-and-vet.md": {
        "end_to_end/test_format_and_vet.py::test_the_session_of_the_page": (
            "// greet/greet.go",
            "pants lint ::",
            "pants fmt ::",
            "pants check greet::",
            "[go-static-gofmt]",
        ),
        "end_to_end/test_format_and_vet.py::test_beside_pantss_backend_nothing_runs_twice": (
            "[gofmt]",
        ),
    },
    "docs/from-an-ebpf-makefile.md": {
        "end_to_end/test_from_an_ebpf_makefile.py::"
        "test_a_makefile_for_ebpf_becomes_a_tested_binary_for_two_architectures": (
            "//go:generate go run github.com/cilium/ebpf/cmd/bpf2go…",
            "# BUILD",
            "# bpf/include/bpf/BUILD",
            "# internal/btf/BUILD",
            "// internal/btf/btf.go",
            "// internal/probe/probe_test.go",
            "pants package test ::",
            "# docker/Dockerfile",
        ),
    },
    "docs/getting-started.md": {
        "end_to_end/test_getting_started.py::"
        "test_every_step_of_the_page_works_from_an_empty_directory": (
            "# pants.toml",
            "// hello/go.mod",
            "// hello/main.go",
            "pants tailor ::",
            "pants package ::",
            "pants package ::",
            "dist/hello/hello",
            "pants test --output=all ::",
            "pants run hello",
            "# hello/BUILD",
            "# hello/BUILD",
            "VERSION=1.0.0 pants package hello:hello",
            "dist/hello/hello@goarch=amd64",
            "pants test hello:proven",
        ),
    },
    "docs/how-it-works.md": {
        "go_static/test_pages.py::"
        "test_the_map_of_the_code_shows_every_package_and_only_files_that_exist": ("flowchart TD",),
    },
    "docs/inspect.md": {
        "end_to_end/test_size_baseline.py::test_an_import_that_makes_a_binary_too_large_is_named": (
            "# agent/BUILD",
            "pants go-static-size-baseline ::",
            "ES031 size-growth: grew through example.com/greeting…",
        ),
        "elf_static/test_docs.py::test_the_command_on_the_inspect_page_works": (
            "elf-static inspect --format html dist/src.go.agent.cmd.agent/agent >agent.html",
        ),
        "elf_static/test_docs.py::test_the_command_of_the_page_on_sizes_writes_markdown": (
            "elf-static compare --sizes --format markdown old/agent new/agent",
        ),
        "elf_static/test_docs.py::test_the_commands_of_the_page_on_growth_limit_it": (
            "elf-static inspect --format=size-baseline dist/agent >sizes.json",
            "elf-static check --size-baseline=sizes.json --size-growth-max=200KB dist/agent",
            "elf-static compare --sizes --format=markdown sizes.json dist/agent",
        ),
    },
    "docs/install.md": {
        "wheels/test_wheels.py::test_the_same_sources_give_the_same_bytes": (
            "./build-wheels /srv/wheels",
        ),
        "wheels/test_in_pants.py::test_the_page_and_the_readme_install_in_the_same_way": (
            "[GLOBAL]",
            "pants tailor ::",
            "pants package ::",
            "pants test ::",
        ),
        "wheels/test_in_pants.py::"
        "test_the_extra_installs_the_libraries_for_a_supply_chain_record": ("[python-repos]",),
        "wheels/test_wheels.py::test_the_page_on_installing_lists_the_tested_versions": (
            "pip download --no-deps --dest /srv/wheels pyelftools==0.32 toml==0.10.2 pip==24.2…",
        ),
        "wheels/test_wheels.py::test_the_checker_works_in_a_bare_environment": (
            "python3 -m venv /srv/elf-static",
            "/srv/elf-static/bin/pip install --find-links /srv/wheels elf-static==…",
            "/srv/elf-static/bin/elf-static check dist/agent",
        ),
        "wheels/test_zipapp.py::test_the_command_of_the_page_runs_it": (
            "python3 /srv/wheels/elf-static.pyz check dist/agent",
        ),
        "wheels/test_in_pants.py::test_the_backend_works_from_sources_without_a_wheel": (
            "[GLOBAL]",
        ),
    },
    "docs/migrate-from-pants-go.md": {
        "end_to_end/test_migrate_from_pants_go.py::test_a_repository_migrates_step_by_step": (
            "# agent/BUILD",
            "pants go-static-migrate ::",
            "cat agent/BUILD",
            "pants package agent:bin",
            "pants test agent::",
            "pants go-static-migrate --replace-modules ::",
            "pants go-static-migrate --replace-modules ::",
        ),
    },
    "docs/migrate.md": {
        "end_to_end/test_migrate.py::test_a_makefile_and_its_build_file_build_the_same_program": (
            "# Makefile",
            "# make/BUILD",
        ),
        "end_to_end/test_migrate.py::test_a_bazel_rule_and_its_build_file_build_the_same_program": (
            "# BUILD.bazel",
            "# bazel/BUILD",
        ),
        "end_to_end/test_migrate.py::"
        "test_a_yaml_configuration_and_its_build_file_build_the_same_program": (
            "# .ko.yaml",
            "# ko/BUILD",
            "# .goreleaser.yaml",
            "# goreleaser/BUILD",
        ),
    },
    "docs/options.md": {
        "go_static/test_reference_pages.py::test_a_page_is_current": ('["1.21…', '["ALL_PROXY",…'),
    },
    "docs/packages.md": {
        "end_to_end/test_packages.py::test_an_archive_contains_the_binary_and_its_other_files": (
            "# agent/BUILD",
            "pants package agent:release agent:zipped",
            "tar -tzf dist/agent/release.tar.gz",
        ),
        "wheels/test_images.py::test_an_image_that_contains_only_the_binary_works": (
            "# pants.toml",
            "# image/BUILD",
            "# image/Dockerfile",
            "# image/Dockerfile.distroless",
        ),
        "end_to_end/test_packages.py::"
        "test_run_in_scratch_shows_what_an_image_lacks_before_it_is_built": (
            "# zones/BUILD",
            "pants test zones:complete",
            "pants test zones:bare",
        ),
        "end_to_end/test_packages.py::test_a_binary_can_be_packaged_for_linux_distributions": (
            "# package/BUILD",
        ),
        "end_to_end/test_packages.py::test_other_targets_can_run_a_binary_as_a_tool": (
            "# tools/BUILD",
            "pants export-codegen tools:",
            "cat dist/codegen/tools/made.txt dist/codegen/tools/by-name.txt…",
            "pants run tools:check",
        ),
    },
    "docs/performance.md": {
        "end_to_end/test_performance_page.py::"
        "test_the_command_on_the_page_writes_its_tables_and_its_plot": (
            "bench/speed --json docs/performance.json --plot docs/performance.svg --page…",
        ),
    },
    "docs/policies.md": {
        "go_static/test_pages_rules.py::test_a_build_file_of_a_page_is_one": (
            'go_static_binary(policy="strict")',
        ),
        "elf_static/test_docs.py::test_the_example_on_the_policy_page_is_valid": (
            'extends = "default"…',
        ),
        "elf_static/test_docs.py::test_the_error_on_the_policy_page_is_real": (
            "elf-static: error: agent-policy.toml:5:…",
        ),
    },
    "docs/private-modules.md": {
        "end_to_end/test_private_modules.py::test_a_module_proxy_receives_the_password_in_netrc": (
            "export GOPROXY=https://goproxy.example.com",
            "machine goproxy.example.com login somebody…",
        ),
        "end_to_end/test_private_modules.py::"
        "test_the_module_proxies_of_a_list_are_tried_in_order": (
            'export GOPROXY="https://goproxy.example.com|https://mirror.example.com,direct"',
        ),
        "end_to_end/test_private_git.py::"
        "test_a_private_module_comes_from_git_over_https_and_no_other_server_is_asked": (
            "export GOPRIVATE=git.example.com",
            "machine git.example.com login somebody…",
            "git config --global credential.helper…",
            "[go-static]",
        ),
        "end_to_end/test_private_git.py::test_git_over_ssh_uses_the_agent": (
            "export GOPRIVATE=git.example.com",
            'git config --global url."ssh://git@git.example.com/".insteadOf…',
        ),
        "end_to_end/test_private_modules.py::test_a_private_ca_is_trusted_if_it_is_named": (
            "export SSL_CERT_FILE=/etc/ssl/company.pem",
            "export GIT_SSL_CAINFO=/etc/ssl/company.pem",
            "export HTTPS_PROXY=http://user:not-a-real-word@proxy.example.com:3128",
            "export NO_PROXY=localhost",
        ),
        "end_to_end/test_private_git.py::"
        "test_a_server_without_tls_is_asked_only_when_goinsecure_names_it": (
            "export GOPRIVATE=git.example.com",
            "export GOINSECURE=git.example.com",
        ),
        "end_to_end/test_air_gap.py::test_a_full_cache_or_a_vendor_directory_needs_no_network": (
            "export GOPROXY=off",
        ),
    },
    "docs/remote-execution.md": {
        "end_to_end/test_remote_execution.py::"
        "test_a_worker_without_caches_builds_and_tests_and_compiles_only_what_changed": (
            "[GLOBAL]",
        ),
        "end_to_end/test_remote_execution.py::"
        "test_a_worker_keeps_caches_and_runs_every_step_without_credentials": ("[GLOBAL]",),
        "end_to_end/test_remote_execution.py::"
        "test_a_remote_environment_applies_only_to_the_targets_that_name_it": (
            "[environments-preview.names]",
            'remote_environment(name="workers")',
        ),
    },
    "docs/reproducible.md": {
        "end_to_end/test_reproducible.py::"
        "test_a_generator_that_writes_the_time_is_detected_and_the_fix_passes": (
            'go_codegen(name="stamp", packages=["."], tools=["sh", "date"])',
            "first/src.agent/agent and second/src.agent/agent are the same:…",
            "first/src.agent/agent and second/src.agent/agent differ",
            "elf-static compare ci/agent dist/src.agent/agent",
        ),
    },
    "docs/sbom.md": {
        "go_static/test_pages_rules.py::test_a_build_file_of_a_page_is_one": (
            'go_static_binary(name="agent", sbom="cyclonedx")',
        ),
        "wheels/test_in_pants.py::"
        "test_the_extra_installs_the_libraries_for_a_supply_chain_record": ("[GLOBAL]",),
        "go_static/sbom/test_sbom_rules.py::test_documented_versions_are_the_tested_versions": (
            "[GLOBAL]",
        ),
    },
    "docs/security.md": {
        "go_static/test_pages.py::test_every_setting_that_a_page_shows_is_an_option": (
            "[go-static]",
        ),
    },
    "docs/verdict.md": {
        "elf_static/test_docs.py::test_the_output_of_other_tools_on_the_verdict_page_is_real": (
            "$ go build -buildmode=pie…",
        ),
    },
}
