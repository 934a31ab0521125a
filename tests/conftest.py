"""What holds for all tests: a sandbox's traffic fits the platforms' descriptions, and CI skips nothing it should try."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.support import database, inspected

# Groups that need something that lies outside the repository: descriptions, a browser, others' clients.
_NEEDY = ("conformance", "browser", "clients")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the whole run use one database or the other."""
    parser.addoption(
        "--database",
        choices=database.KINDS,
        help="where the tests keep what they keep; without it SQLite, and both where that is the question",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Know the marks of this suite, and the database it runs on."""
    database.kind = config.getoption("--database") or "sqlite"
    config.addinivalue_line(
        "markers",
        "careless(reason): sends on purpose what the platforms' descriptions do not know; its requests are not judged",
    )


def pytest_unconfigure() -> None:
    """End the PostgreSQL that was started, if any was."""
    database.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for `each_database` on both, or on the one that the whole run is for.

    What is of one kind only names it: parametrize("each_database", ["sqlite"], indirect=True).
    """
    named = any(
        "each_database" in m.args[0] for m in metafunc.definition.iter_markers("parametrize")
    )
    if "each_database" in metafunc.fixturenames and not named:
        wanted = metafunc.config.getoption("--database")
        kinds = (wanted,) if wanted else database.KINDS
        metafunc.parametrize("each_database", kinds, indirect=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal the tests out by functions where groups are kept together at all."""
    if config.getoption("dist") != "loadgroup":
        return None
    from tests.support.units import ByFunction

    config.option.loadscopereorder = False  # each worker has put them in order
    return ByFunction(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let a worker begin with what takes long."""
    if hasattr(config, "workerinput"):
        from tests.support.units import order

        items[:] = order(items)


@pytest.fixture
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let `fresh` give a database of this kind; returns "sqlite" or "postgresql"."""
    found: str = request.param
    monkeypatch.setattr(database, "kind", found)
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI_STRICT_SKIPS is set, fail what a needy group skips."""
    report = yield
    needed = any(item.get_closest_marker(name) for name in _NEEDY)
    if report.skipped and needed and _strict() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} may not be skipped here. {_why(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for a module that skips itself as a whole."""
    report = yield
    if report.skipped and _strict() and collector.path.parent.name in _NEEDY:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} may not be skipped here. {_why(report)}"
    return report


def _strict() -> bool:
    return bool(os.environ.get("CI_STRICT_SKIPS"))


def _why(report: pytest.TestReport | pytest.CollectReport) -> object:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr


@pytest.fixture(autouse=True)
def _traffic_fits_the_descriptions(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test whose sandboxes saw or gave what the platforms' descriptions do not know."""
    inspected.take()
    yield
    found = inspected.take()
    if request.node.get_closest_marker("careless"):
        found = [finding for finding in found if finding.what != "request"]
    if found:
        lines = list(dict.fromkeys(map(str, found)))
        pytest.fail("not as the platforms describe it:\n" + "\n".join(lines[:30]), pytrace=False)
