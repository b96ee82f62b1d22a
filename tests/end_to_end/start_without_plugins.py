"""Starts Pants 2.17 without the engine that it resolves plugins with.

Pants makes that engine at each start, with the rules of its Python backend, whether or not there
are plugins: 8.9 of 13 seconds of processor time. The engine for the goals, which is all that the
tests are about, is Pants's own. Plugins are tested in tests/wheels, where Pants starts as always.
"""

from __future__ import annotations

import sys

from pants.bin.pants_loader import main
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.init import options_initializer
from pants.init.plugin_resolver import PluginResolver
from pants.option.options_bootstrapper import OptionsBootstrapper
from pkg_resources import WorkingSet


class WithoutPlugins(PluginResolver):
    """Its engine is None."""

    def resolve(
        self, options_bootstrapper: OptionsBootstrapper, env: CompleteEnvironmentVars
    ) -> WorkingSet:
        plugins = options_bootstrapper.bootstrap_options.for_global_scope().plugins
        assert not plugins, f"This Pants cannot resolve plugins: {plugins}"
        return self._working_set


if __name__ == "__main__":
    # Modules beside this file are not for Pants.
    sys.path.pop(0)
    vars(options_initializer).update(
        create_bootstrap_scheduler=lambda options_bootstrapper, executor: None,
        PluginResolver=WithoutPlugins,
    )
    main()
