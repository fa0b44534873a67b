"""What is done to the money, each scenario in a process of its own: ``… scenarios NAME COUNT``."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headshots.settings")
import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from billing import ledger, orders, proof, stocking, tasks  # noqa: E402
from billing.models import Credit, Order, Status  # noqa: E402
from generation.processes import await_site, process, serving  # noqa: E402
from tests.peers import free_port  # noqa: E402

SESSIONS, THREADS = 200, 50
Found = dict[str, Any]


def control(verb: str, **said: Any) -> Any:
    """Something done at the stand-in, which is a process of its own."""
    address = f"{settings.STRIPE_API_BASE}/_control/{verb}"
    with urllib.request.urlopen(urllib.request.Request(address, json.dumps(said).encode())) as answer:
        return json.load(answer)


@contextmanager
def stripe() -> Iterator[None]:
    port, secret = urlsplit(settings.STRIPE_API_BASE).port, settings.STRIPE_WEBHOOK_SECRETS[0]
    words = ("-m", "billing.standin", "--port", str(port), "--secret", secret)
    with process("stripe", *words) as running:
        await_site(running, f"{settings.STRIPE_API_BASE}/_control/events")
        call_command("migrate", verbosity=0)
        stocking.stock()
        yield


def opened(owner: User, key: str = "pack-100-v1", quantity: int = 1) -> Order:
    order = orders.open_order(owner, key, quantity, "usd")
    orders.pay(order, success="http://localhost/?{CHECKOUT_SESSION_ID}", cancel="http://localhost/")
    order.refresh_from_db()
    return order


def posted(event: dict[str, Any]) -> tuple[bytes, str]:
    """An event as Stripe would send it: body and signature."""
    body, now = json.dumps(event).encode(), int(time.time())
    secret = settings.STRIPE_WEBHOOK_SECRETS[0].encode()
    return body, f"t={now},v1={hmac.new(secret, b'%d.' % now + body, hashlib.sha256).hexdigest()}"


def completed(session: str) -> dict[str, Any]:
    """The event of a session, with an id of its own: Stripe may tell the same twice under two."""
    return {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": {"id": session, "object": "checkout.session"}},
    }


def deliveries(count: int) -> Found:
    """Webhooks, success pages and the reconciler at once, in any order, while sessions are being paid."""
    with stripe():
        buyer = User.objects.create_user("buyer@example.com")
        bought = [opened(buyer) for _ in range(SESSIONS)]

        def webhook(order: Order) -> None:
            body, signature = posted(completed(order.session or ""))
            answer = Client(SERVER_NAME="localhost").post(
                "/stripe/webhook/", body, "application/json", headers={"Stripe-Signature": signature}
            )
            assert answer.status_code == 200, answer.content
            tasks.settle_event.fn(json.loads(body)["id"])

        ways: list[Callable[[Order], object]] = [
            webhook,
            orders.settle,
            lambda order: tasks.settle_order.fn(str(order.pk)),
        ]
        todo: list[tuple[Callable[[Order], object], Order]] = [
            (random.choice(ways), random.choice(bought)) for _ in range(count)
        ]
        todo += [(lambda order: control("pay", session=order.session), order) for order in bought]
        random.shuffle(todo)
        begun = time.perf_counter()
        crowd(todo)
        for order in bought:  # whom every delivery found unpaid, the reconciler asks again
            tasks.settle_order.fn(str(order.pk))
        took = time.perf_counter() - begun
        given = Counter(Credit.objects.values_list("order", flat=True))
        faults = proof.faults()
        found = {
            "deliveries": count,
            "sessions": SESSIONS,
            "threads": THREADS,
            "double": sum(given[order.pk] > 1 for order in bought),
            "missing": sum(given[order.pk] < 1 for order in bought),
            "seconds": round(took, 1),
            "faults": faults[:5],
        }
        return {**found, "holds": not (found["double"] or found["missing"] or faults)}


def crowd(todo: list[tuple[Callable[[Order], object], Order]]) -> None:
    def one(pair: tuple[Callable[[Order], object], Order]) -> None:
        try:
            pair[0](pair[1])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, todo))


def kills(_: int) -> Found:
    """SIGKILL before and after each statement of fulfilling a paid order."""
    with stripe():
        buyer = User.objects.create_user("buyer@example.com")
        broken, boundaries = list[str](), 0
        for moment in ("before", "after"):
            at, ended = 1, 1
            while ended:
                order = opened(buyer, "credits-1-v1", 3)
                control("pay", session=order.session)
                words = [sys.executable, "-m", "tests.money.scenarios", "dying", f"{order.pk},{moment},{at}"]
                ended = subprocess.run(words, check=False).returncode
                broken += [f"{moment} {at}: {fault}" for fault in proof.faults()]
                orders.settle(order)
                broken += [f"{moment} {at}, again: {fault}" for fault in proof.faults()]
                if order.credits.count() != 3 or order.status != Status.PAID:
                    broken.append(f"{moment} {at}: {order.credits.count()} credits, {order.status}")
                boundaries, at = boundaries + 1, at + 1
        return {"boundaries": boundaries, "broken": broken[:5], "holds": not broken}


def dying(said: str) -> None:
    """Settle an order and die at its n-th statement."""
    order, moment, at = said.split(",")
    left = int(at)

    def wrapper(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    row = Order.objects.get(pk=order)
    with connection.execute_wrapper(wrapper):
        orders.settle(row)


def journal(count: int) -> Found:
    """Credits granted, revoked and restored by sixteen at once."""
    with stripe():
        buyer = User.objects.create_user("buyer@example.com")
        bought = [
            Order.objects.create(
                owner=buyer, package_key="credits-1-v1", quantity=5, currency="usd", amount=1
            )
            for _ in range(40)
        ]
        per, begun = count // 16, time.perf_counter()

        def busy(seed: int) -> None:
            dice = random.Random(seed)
            for _ in range(per):
                order = dice.choice(bought)
                step = dice.choice([ledger.revoke, ledger.restore])
                step(order, dice.randint(1, 3))
                connection.close()  # back to the pool, which has fewer than sixteen

        for order in bought:
            ledger.issue(order)
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(busy, range(16)))
        faults = [fault for fault in proof.faults() if not fault.startswith("Order")]
        took = time.perf_counter() - begun
        return {"operations": per * 16, "seconds": round(took, 1), "faults": faults[:5], "holds": not faults}


def webhooks(count: int) -> Found:
    """How long Stripe waits for our answer, fifty events at a time."""
    with stripe():
        buyer = User.objects.create_user("buyer@example.com")
        bought = [opened(buyer) for _ in range(50)]
        for order in bought:
            control("pay", session=order.session)
        bodies = [posted(completed(bought[i % 50].session or "")) for i in range(count)]
        port = free_port()
        call_command("collectstatic", interactive=False, verbosity=0)
        with process("web", *serving(port)) as web:
            await_site(web, f"http://127.0.0.1:{port}/")
            address = f"http://127.0.0.1:{port}/stripe/webhook/"

            def send(one: tuple[bytes, str]) -> float:
                body, signature = one
                headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
                begun = time.perf_counter()
                urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=30).close()
                return time.perf_counter() - begun

            with ThreadPoolExecutor(50) as pool:
                list(pool.map(send, bodies[:100]))  # each web process has its first requests behind it
                times = sorted(pool.map(send, bodies))
        p99 = times[int(0.99 * len(times)) - 1]
        return {
            "events": count,
            "concurrency": 50,
            "p50": round(statistics.median(times), 3),
            "p99": round(p99, 3),
            "holds": p99 <= 2.0,
        }


def deaf(count: int) -> Found:
    """No webhook comes at all: the sweeper asks by itself."""
    with stripe():
        buyer = User.objects.create_user("buyer@example.com")
        bought = [opened(buyer) for _ in range(count)]
        for order in bought:
            control("pay", session=order.session)
        Order.objects.update(created=bought[0].created - 2 * tasks.ASK_AGAIN, asked_at=None)
        settings.IN_WORKER = True
        from dramatiq import Worker, get_broker

        worker, begun = Worker(get_broker(), queues={"money"}, worker_threads=2), time.perf_counter()
        worker.start()
        while Order.objects.exclude(status=Status.PAID).exists() and time.perf_counter() - begun < 300:
            tasks.sweep()
            time.sleep(1)
        took = time.perf_counter() - begun
        worker.stop()
        faults, unpaid = proof.faults(), Order.objects.exclude(status=Status.PAID).count()
        return {
            "sessions": count,
            "unsettled": unpaid,
            "seconds_of_asking": round(took, 1),
            "faults": faults[:5],
            "holds": not (faults or unpaid),
        }


if __name__ == "__main__":
    name, given = sys.argv[1:]
    if name == "dying":
        dying(given)
    else:
        print(json.dumps(globals()[name](int(given))))
