"""Which examples properties try: the same ones wherever ``make test`` runs, others each time ``make explore`` does.

Importing this module chooses those of ``make test``. They depend on nothing but the property and the Python that runs
it: not on a variable, a database of earlier ones, the hash seed, the time, or what else is imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

MORE = 3
"""How many times as many examples as ``make test`` a property tries in one go of ``make explore``."""

settings.register_profile(
    "same",
    database=None,
    deadline=None,
    derandomize=True,
    # What failing examples have in common is looked for by tracing each line: slow, and seldom news.
    phases=set(Phase) - {Phase.explain},
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "explore",
    settings.get_profile("same"),
    database=DirectoryBasedExampleDatabase(Path(__file__).parents[1] / "build" / "examples"),
    derandomize=False,
    # It is another instance of the same test case, each time.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    max_examples=100 * MORE,
)

settings.register_profile("few", settings.get_profile("same"), max_examples=25)


def examples(number: int, **more: Any) -> settings:
    """Return the settings of a property that tries *number* examples in ``make test``, in place of a hundred."""
    return settings(max_examples=number * settings().max_examples // 100, **more)


def use_few() -> None:
    """Let properties that are imported from now on try a quarter of their examples."""
    settings.load_profile("few")


def use(profile: str, constants: Constants) -> None:
    """Let properties that are imported from now on be tried as *profile* says, now and then with one of *constants*.

    Hypothesis would take those of the local modules that happen to be imported, and what is local depends on the path
    of the checkout. It has no setting for that, hence the exact version of it in ``pyproject.toml``.
    """
    settings.load_profile(profile)
    providers.HypothesisProvider._local_constants = constants  # type: ignore[assignment]


use("same", Constants())
