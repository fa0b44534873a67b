"""What happens in a company reaches its server: signed, again until it arrives, and nowhere it should not."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dramatiq
import pytest
import time_machine
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone

from accounts import calling, delivering, hooks, keys
from accounts.models import AuditEntry, Delivery, Webhook
from generation import sweeper
from generation.management.commands.work import LANES

from .receiver import Receiver, genuine, listening
from .world import Team, browser


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as server:
        yield server


def add(team: Team, url: str, *events: str) -> tuple[Webhook, str]:
    return hooks.add(team.company, url, events or tuple(hooks.EVENTS), team.user("hana"))


def tell(team: Team, **about: Any) -> Delivery:
    hooks.tell(team.company, "member.left", member=team.member.pk, **about)
    return Delivery.objects.latest("created")


def test_it_arrives_signed_and_once(team: Team, receiver: Receiver) -> None:
    _webhook, secret = add(team, receiver.url)
    delivery = tell(team)
    for _again in range(2):
        delivering.deliver(delivery.pk)
    [(path, headers, body)] = receiver.got
    said = json.loads(body)
    assert path == "/"
    assert said["id"] == headers["Headshots-Delivery"] == str(delivery.pk)
    assert (said["event"], said["about"]) == ("member.left", {"member": str(team.member.pk)})
    signature = headers["Headshots-Signature"]
    assert genuine()(secret, signature, body)
    assert not genuine()(secret, signature, body + b" ")
    assert not genuine()("whs_other", signature, body)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert not genuine()(secret, signature, body)
    delivery.refresh_from_db()
    assert (delivery.answer, delivery.tries) == ("200", 1)
    assert delivery.done_at


def test_only_what_was_asked_for_is_written(team: Team, receiver: Receiver) -> None:
    add(team, receiver.url, "portrait.released")
    hooks.add(team.other, receiver.url, list(hooks.EVENTS), team.user("rita"))
    hooks.tell(team.company, "member.left", member=team.member.pk)
    assert not Delivery.objects.exists()


def refused_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


@pytest.mark.parametrize("way", ["500", "302", "hang up", "trickle", "refused", "silent"])
def test_what_fails_is_tried_again_at_growing_distances(
    team: Team, receiver: Receiver, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "SECONDS", 0.3)
    silent = socket.create_server(("127.0.0.1", 0))  # takes the call and says nothing
    receiver.answers = [{"500": 500, "302": 302, "trickle": -1}.get(way, 0)]
    url = {"refused": refused_port(), "silent": f"http://127.0.0.1:{silent.getsockname()[1]}/"}
    webhook, _secret = add(team, url.get(way, receiver.url))
    delivery, start = tell(team), timezone.now()
    waits = []
    for tries in range(1, 8):
        with time_machine.travel(max(delivery.due_at, start) + timedelta(seconds=1), tick=False):
            delivering.deliver(delivery.pk)
            delivery.refresh_from_db()
            waits.append(delivery.due_at - timezone.now())
        assert delivery.tries == tries
        assert delivery.answer
        assert not delivery.done_at
    assert waits[:6] == delivering.WAITS
    assert delivery.given_up_at
    assert len(receiver.got) == (0 if way in url else 7)  # and a redirect led nowhere
    webhook.refresh_from_db()
    assert webhook.failing_since
    silent.close()


def test_one_that_fails_holds_up_nobody_and_is_not_asked_for_each(team: Team, receiver: Receiver) -> None:
    dead, _secret = add(team, refused_port())
    add(team, receiver.url)
    waiting = [tell(team, number=number) for number in range(3)]
    assert waiting
    for delivery in Delivery.objects.all():
        delivering.deliver(delivery.pk)
    assert len(receiver.got) == 3
    assert sum(one.tries for one in dead.deliveries.all()) == 1
    assert not delivering.waiting().exists()


def test_a_second_try_is_the_same_message(team: Team, receiver: Receiver) -> None:
    webhook, secret = add(team, receiver.url)
    receiver.answers = [500, 200]
    first, second = tell(team), tell(team)
    delivering.deliver(second.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        delivering.deliver(second.pk)
        delivering.deliver(first.pk)  # the order does not matter
        page = browser(team.user("hana"))
        resend = reverse("program:resend", args=[team.company.pk, webhook.pk, first.pk])
        assert page.post(resend).status_code == 302
        delivering.deliver(first.pk)
        assert genuine()(secret, receiver.got[-1][1]["Headshots-Signature"], receiver.got[-1][2])
    ids = [headers["Headshots-Delivery"] for _path, headers, _body in receiver.got]
    assert ids == [str(one.pk) for one in (second, second, first, first)]
    assert receiver.got[2][2] == receiver.got[3][2]
    assert Webhook.objects.get().failing_since is None


def test_after_three_days_of_failures_it_is_paused_and_admins_read_why(team: Team) -> None:
    webhook, _secret = add(team, refused_port())
    address = reverse("program:webhook", args=[team.company.pk, webhook.pk])
    delivering.deliver(tell(team).pk)
    page = browser(team.user("hana"))
    assert "Nothing has arrived" in page.get(address).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        late = tell(team)
        delivering.deliver(late.pk)
        webhook.refresh_from_db()
        assert webhook.paused_at
        assert AuditEntry.objects.filter(what="webhook.paused", actor_id=None).exists()
        hooks.tell(team.company, "member.left", member=team.member.pk)
        assert Delivery.objects.count() == 2
        assert not delivering.waiting().exists()
        hooks.resume(webhook, team.user("hana"))
        assert Delivery.objects.filter(pk=late.pk, given_up_at=None).exists()
        tell(team)
        assert delivering.waiting().exists()


def test_the_sweeper_rings_what_is_due_and_forgets_what_is_old(team: Team, receiver: Receiver) -> None:
    webhook, _secret = add(team, receiver.url)
    due, later, old = tell(team), tell(team), tell(team)
    Delivery.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(hours=1))
    Delivery.objects.filter(pk=old.pk).update(created=timezone.now() - timedelta(days=31))
    delivering.forget()
    sweeper.sweep()
    rung = Delivery.objects.filter(nudged_at__isnull=False)
    assert [one.pk for one in rung] == [due.pk]
    assert {one.pk for one in webhook.deliveries.all()} == {due.pk, later.pk}
    Webhook.objects.update(paused_at=timezone.now())
    Delivery.objects.update(nudged_at=None)
    sweeper.sweep()
    assert not rung.all().exists()


def test_every_queue_has_a_lane_of_the_worker() -> None:
    declared = dramatiq.get_broker().get_declared_actors()
    assert {dramatiq.get_broker().get_actor(name).queue_name for name in declared} == set(LANES)


def test_a_deleted_webhook_takes_its_secret_along(team: Team, receiver: Receiver) -> None:
    webhook, _secret = add(team, receiver.url)
    name, pk = hooks.key_name(webhook), tell(team).pk
    hooks.remove(webhook, team.user("hana"))
    delivering.deliver(pk)
    assert receiver.got == []
    with pytest.raises(keys.Gone):
        keys.get(name)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.1.2.3/",
        "https://192.168.0.1:8443/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://localhost/",  # a name that the resolver leads there
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fd00::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://someone:secret@example.com/",
        "https://example.com:99999/",
        "https://[/",
        "https:///path",
        "file:///etc/passwd",
    ],
)
def test_no_way_leads_into_the_private_network(team: Team, settings: LazySettings, url: str) -> None:
    """Neither when it is added nor, should the name have moved meanwhile, when it is called."""
    settings.SITE_URL = "https://headshots.example"
    with pytest.raises(calling.Refused):
        add(team, url)
    assert not Webhook.objects.exists()
    webhook = Webhook.objects.create(company=team.company, url=url, events=["member.left"])
    keys.create(hooks.key_name(webhook))
    delivery = tell(team)
    delivering.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.tries, delivery.done_at) == (1, None)
    assert delivery.answer.startswith(("This address", "Give an address", "This is not"))


def test_public_addresses_are_called() -> None:
    assert all(map(calling.public, ("8.8.8.8", "2606:4700:4700::1111")))
