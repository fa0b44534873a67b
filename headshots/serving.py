"""How gunicorn serves the site; its own options on the command line go before these."""

import os
from typing import Any

from gunicorn.glogging import Logger

# ``answers`` before it forks: all processes count in the same memory.
from headshots import answers, logs

workers = 2  # filling a page is Python's work, one core a process; an installation with more says --workers
threads = 8  # requests wait for the database, the storage and the decoder, not for Python
graceful_timeout = 5
control_socket_disable = True  # it would lie in the home folder, one for every site of this user
# For whoever switches the access log on: no addresses, paths (they hold tokens) or queries.
access_log_format = "%(m)s %(s)s %(B)s bytes %(M)s ms %({x-request-id}o)s"


class Log(Logger):  # type: ignore[misc]
    """gunicorn's own words in the form of all others."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter(os.environ.get("LOG_FORMAT", "")))


logger_class = Log


def post_fork(server: Any, worker: Any) -> None:
    answers.sit(worker.age)
