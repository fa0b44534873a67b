"""Objects have Stripe's keys, a restart keeps them, control answers over HTTP, live keys are refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import stripe

from billing.standin import StandIn
from tests.billing.standin.conftest import Shop

HERE = Path(__file__).parent

# Not in the fixtures (of API 2025), but in API 2026-10-28 or only where asked for.
NEWER = {
    "checkout.session": {"tax_id_collection"},
    "subscription.payment_settings": {"save_default_payment_method"},
    "line_item.pricing": {"price_details"},
    "invoiceitem.pricing": {"price_details"},
    "invoiceitem.parent.subscription_details": {"subscription_item"},
    "event.data": {"previous_attributes"},
    "invoice_payment.payment": {"payment_intent"},
}
# There only where the caller asks to expand it.
EXPANDED = {"charge": {"refunds"}, "checkout.session": {"line_items"}, "invoice": {"payments"}}
# Hashes whose keys are the caller's, or depend on the kind of payment.
FREE = {"metadata", "payment_method_options", "payment_method_details", "last_payment_error", "invoice_data"}


def expected() -> dict[str, Any]:
    """Key names by object: keys.json, made from stripe/openapi (MIT), or those fixtures themselves."""
    fixtures = os.environ.get("STRIPE_FIXTURES")
    if fixtures:
        return dict(json.loads(Path(fixtures).read_text())["resources"])
    return dict(json.loads((HERE / "keys.json").read_text()))


def differences(value: Any, shape: Any, kinds: dict[str, Any], path: str) -> list[str]:
    """Where keys differ: exactly the same in an object, a part of them in a hash."""
    if isinstance(value, list):
        model = shape[0] if isinstance(shape, list) and shape else None
        return [line for item in value for line in differences(item, model, kinds, path)]
    if not isinstance(value, dict):
        return []
    kind = value.get("object")
    if kind == "list":
        return differences(value["data"], None, kinds, path)
    if isinstance(kind, str) and kind in kinds:
        path, shape = kind, kinds[kind]
    if not isinstance(shape, dict):
        return []
    given, known = set(value), set(shape) | NEWER.get(path, set())
    wrong = given ^ known if path == kind else given - known
    wrong -= EXPANDED.get(path, set())
    lines = [f"{path}: {name}" for name in sorted(wrong)]
    for name, item in value.items():
        if name not in FREE:
            lines += differences(item, shape.get(name), kinds, f"{path}.{name}")
    return lines


def test_every_object_has_stripes_keys(shop: Shop) -> None:
    coupon = shop.client.v1.coupons.create({"percent_off": 10, "duration": "once"})
    shop.client.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "X"})
    order = {"key": "po", "label": {"type": "custom", "custom": "PO"}, "type": "text", "optional": True}
    session = shop.session(
        allow_promotion_codes=True,
        tax_id_collection={"enabled": True},
        automatic_tax={"enabled": True},
        invoice_creation={"enabled": True},
        custom_fields=[order],
    )
    paid = shop.standin.control.pay(session.id, country="DE", promotion="X", tax_id="DE123456789")
    shop.client.v1.refunds.create({"payment_intent": paid["payment_intent"], "amount": 1})
    about = {"customer": paid["customer"], "collection_method": "send_invoice", "days_until_due": 1}
    about["currency"] = "usd"
    invoice = shop.client.v1.invoices.create(about)
    item = {"customer": paid["customer"], "invoice": invoice.id, "pricing": {"price": shop.pack}}
    shop.client.v1.invoice_items.create(item)
    dispute = shop.standin.control.dispute(shop.bought().payment_intent)
    shop.standin.control.close_dispute(dispute["id"], won=True)
    team = shop.bought(mode="subscription")
    shop.client.v1.billing_portal.sessions.create({"customer": team.customer})
    kinds, seen, lines = expected(), set(), []
    events = [event["data"]["object"] for event in shop.standin.control.events()]
    calls = [shop.client.raw_request("get", path) for path in sorted(LISTS)]
    for answer in calls:
        events += answer.data["data"]
    events.append(shop.client.raw_request("get", "/v1/tax/settings").data)
    for found in events:
        seen.add(found["object"])
        lines += differences(found, None, kinds, found["object"])
    assert sorted(set(lines)) == []
    inside = {"item", "line_item", "subscription_item", "invoice_payment", "billing_portal.session"}
    assert set(json.loads((HERE / "keys.json").read_text())) - seen <= inside


LISTS = {
    "/v1/products",
    "/v1/prices",
    "/v1/customers",
    "/v1/coupons",
    "/v1/promotion_codes",
    "/v1/checkout/sessions?expand[]=data.line_items",
    "/v1/payment_intents",
    "/v1/charges",
    "/v1/refunds",
    "/v1/disputes",
    "/v1/invoices?expand[]=data.payments",
    "/v1/invoiceitems",
    "/v1/balance_transactions",
    "/v1/billing_portal/configurations",
    "/v1/webhook_endpoints",
    "/v1/events?limit=100",
}


def command(url: str, name: str, **given: Any) -> Any:
    """A control call over HTTP."""
    with urlopen(Request(f"{url}/_control/{name}", json.dumps(given).encode(), method="POST")) as answer:
        return json.load(answer)["result"]


def test_the_command_keeps_its_state_over_a_restart(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "billing.standin", "--port", "0", "--state", str(tmp_path / "stripe.json")]
    environment = {**os.environ, "STRIPE_STANDIN": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as first:
        assert first.stdout is not None
        url = first.stdout.readline().strip()
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": url})
        made = client.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k"})
        command(url, "advance", days=0.5)
        assert [event["type"] for event in command(url, "events")] == ["customer.created"]
        first.terminate()
        assert first.wait(10) == 0
    with StandIn(state=tmp_path / "stripe.json") as second:
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": second.url})
        assert client.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k"}).id == made.id
        assert second.store.skew == 43_200


def test_it_refuses_to_load_beside_real_money() -> None:
    for change in ({"STRIPE_SECRET_KEY": "sk_live_x"}, {"DATABASE_URL": "postgres://x"}):
        left_out = {"STRIPE_STANDIN", "DATABASE_URL"}
        plain = {name: value for name, value in os.environ.items() if name not in left_out}
        words = [sys.executable, "-c", "import billing.standin"]
        ended = subprocess.run(words, env=plain | change, capture_output=True, text=True, check=False)
        assert ended.returncode == 1
        assert "The Stripe stand-in is for tests and demos" in ended.stderr
