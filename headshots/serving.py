"""How gunicorn serves the site; its own options on the command line go before these."""

from typing import Any

from headshots import answers  # here, before it forks: all processes count in the same memory

workers = 2  # filling a page is Python's work, one core a process; an installation with more says --workers
threads = 8  # requests wait for the database, the storage and the decoder, not for Python
graceful_timeout = 5
control_socket_disable = True  # it would lie in the home folder, one for every site of this user


def post_fork(server: Any, worker: Any) -> None:
    answers.sit(worker.age)
