"""Services for the tests of transports that need no server of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.config import ConfigDocument
from datasynth.encoding import make_encoder
from datasynth.service.admission.access import unnamed_keys
from datasynth.service.services import Engine, Options, Services
from tests.books import list_parties, list_users
from tests.transports.journal import PATTERNS, estimate_bytes, make_journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.config.model import Config
    from datasynth.service.admission.access import ApiKey
    from datasynth.service.journals.protocols import MakeJournal

TOTAL = 200
"""Entries of the configuration that the services begin with."""


DOCUMENT = ConfigDocument.defaults().merge({"transactions": {"target_count": TOTAL}})


def _nothing_to_compile() -> None:
    """Stand for kernels that are there already."""


@pytest.fixture
def make_services() -> Iterator[Callable[..., Services]]:
    """Assemble and start real services, over a small journal by default, and shut all down after the test."""
    running: list[Services] = []

    def make(
        api_keys: tuple[str, ...] = (),
        rate_limit: int = 100,
        memory_limit: int | None = None,
        make_journal: MakeJournal = make_journal,
        estimate_bytes: Callable[[Config], int] = estimate_bytes,
        named_keys: tuple[ApiKey, ...] = (),
    ) -> Services:
        services = Services(
            DOCUMENT,
            Engine(
                make_journal=make_journal,
                estimate_bytes=estimate_bytes,
                make_encoder=make_encoder,
                list_parties=list_parties,
                list_users=list_users,
                warm_up=_nothing_to_compile,
                patterns=PATTERNS,
            ),
            Options(
                worker_threads=1,
                version="1.2.3",
                api_keys=(*unnamed_keys(api_keys), *named_keys),
                rate_limit=rate_limit,
                memory_limit=memory_limit,
                build_ahead=False,
            ),
        )
        services.start()
        running.append(services)
        return services

    yield make
    for services in running:
        services.shut_down(1.0)
