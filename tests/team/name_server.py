"""A name server on a private port that knows a few TXT records."""

from __future__ import annotations

import socket
from threading import Thread
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class NameServer:
    """Answers with ``zone``; of other names it says that they do not exist, or, while ``broken``, nothing."""

    def __init__(self) -> None:
        self.zone: dict[str, list[str]] = {}
        self.broken = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.thread = Thread(target=self._serve)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.sendto(b"", self.socket.getsockname())  # an empty packet ends it
        self.thread.join()
        self.socket.close()

    def _serve(self) -> None:
        while (packet := self.socket.recvfrom(4096))[0]:
            if not self.broken:
                self.socket.sendto(self._answer(packet[0]), packet[1])

    def _answer(self, asked: bytes) -> bytes:
        answer = dns.message.make_response(dns.message.from_wire(asked))
        answer.flags |= dns.flags.AA | dns.flags.RA
        (question,) = answer.question
        found = self.zone.get(question.name.to_text(omit_final_dot=True))
        if found is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif found:
            quoted = [f'"{text}"' for text in found]
            answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", "TXT", quoted))
        return answer.to_wire()
