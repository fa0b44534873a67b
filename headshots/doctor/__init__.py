"""What is wrong with this deployment and what to do about it: ``manage.py doctor``.

Each check yields findings and touches nothing that it does not put back; one that breaks is a finding, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from . import edges, hosts, stores
from .findings import Finding, Said, wrong

CHECKS: Mapping[str, Callable[[], Iterator[Said]]] = {
    "settings": hosts.system_checks,
    "database": stores.database,
    "redis": stores.redis,
    "storage": stores.storage,
    "keys": stores.key_store,
    "clock": stores.clocks,
    "disk": hosts.disk,
    "static": hosts.static_files,
    "model": hosts.model,
    "worker": hosts.worker,
    "site": edges.site,
    "tls": edges.certificate,
    "mail": edges.mail,
    "stripe": edges.stripe,
    "metrics": edges.metrics,
    "operator": edges.operator,
}


def examine(names: tuple[str, ...] = tuple(CHECKS)) -> Iterator[Finding]:
    for name in names:
        try:
            for said in CHECKS[name]():
                yield Finding(name, *said)
        except Exception as error:  # whatever breaks is what the doctor was asked for
            yield Finding(name, *wrong(f"{type(error).__name__}: {_first_line(error)}"))


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "it says no more")
