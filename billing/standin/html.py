"""The look of the hosted pages: one frame, plain forms, no scripts."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from billing.standin.amounts import money
from billing.standin.store import Obj

TITLE = "Stand-in for Stripe"
BANNER = (
    "Stand-in for Stripe: no money moves. Test cards: 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is "
    "declined, 4000 0000 0000 9995 has insufficient funds, 4000 0000 0000 0077 pays later (delayed method)."
)
STYLE = """
:root { color-scheme: light dark; --ink: #1b2430; --dim: #5b6675; --page: #f4f5f7; --card: #fff;
  --line: #8792a2; --main: #3a4bc4; --on: #fff; --bad: #a5112d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf3; --dim: #a9b3c1; --page: #14181f;
  --card: #1f252f; --line: #76839a; --main: #a9b6ff; --on: #12162a; --bad: #ff9aa9; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.banner { margin: 0; padding: .6rem 1rem; background: #ffe08a; color: #3d2c00; text-align: center; }
main { max-width: 34rem; margin: 1.5rem auto; padding: 1.5rem; background: var(--card); border-radius: 12px; }
h1 { margin: 0 0 1rem; font-size: 1.35rem; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.05rem; }
table { width: 100%; border-collapse: collapse; margin-bottom: 1rem; }
td, th { padding: .35rem 0; text-align: left; font-weight: inherit; }
td:last-child { text-align: right; font-variant-numeric: tabular-nums; }
.total { font-weight: 700; border-top: 1px solid var(--line); }
label { display: block; margin: .8rem 0; }
input, select { display: block; width: 100%; margin-top: .2rem; padding: .6rem; font: inherit; color: inherit;
  background: var(--page); border: 1px solid var(--line); border-radius: 8px; }
button { padding: .7rem 1.2rem; font: inherit; font-weight: 600; border-radius: 8px; cursor: pointer;
  color: var(--main); background: none; border: 1px solid var(--main); }
button.main { width: 100%; margin: 1rem 0; color: var(--on); background: var(--main); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
.bad { color: var(--bad); font-weight: 600; }
.dim { color: var(--dim); }
a { color: var(--main); }
"""


@dataclass(frozen=True)
class Page:
    """An answer to a browser."""

    body: bytes = b""
    status: int = 200
    location: str | None = None
    kind: str = "text/html; charset=utf-8"


def frame(title: str, inside: str, status: int = 200) -> Page:
    """A whole page around some HTML."""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · {TITLE}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><p class=banner>{BANNER}</p>"
        f"<main><h1>{escape(title)}</h1>{inside}</main></body></html>"
    )
    return Page(text.encode(), status)


def field(label: str, name: str, value: str = "", more: str = "") -> str:
    """A labelled text field."""
    return f'<label>{escape(label)}<input name="{escape(name)}" value="{escape(value)}" {more}></label>'


def button(label: str, action: str, *, main: bool = False, more: str = "") -> str:
    """A button that sends the form with its action."""
    look = ' class="main"' if main else ""
    return f'<button name="action" value="{action}"{look} {more}>{escape(label)}</button>'


def sums(rows: list[tuple[str, int]], currency: str) -> str:
    """A table of amounts; the last row is the total."""
    cells = [
        f"<tr{' class=total' if row is rows[-1] else ''}><th scope=row>{escape(row[0])}</th>"
        f"<td>{money(row[1], currency)}</td></tr>"
        for row in rows
    ]
    return f"<table>{''.join(cells)}</table>"


def pdf(lines: list[str]) -> bytes:
    """One page of text as a small PDF, for links that promise one."""
    shown = [
        line.replace("€", "EUR ")
        .encode("latin-1", "replace")
        .decode("latin-1")
        .translate({40: "[", 41: "]", 92: "/"})
        for line in lines
    ]
    text = "BT /F1 11 Tf 50 790 Td 16 TL " + " ".join(f"({line}) Tj T*" for line in shown) + " ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(text)}>>stream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF"
    return out.encode("latin-1")


def invoice_rows(invoice: Obj) -> list[tuple[str, int]]:
    """Lines, discount, tax and total of an invoice."""
    rows = [(line["description"] or "Item", line["amount"]) for line in invoice["lines"]["data"]]
    rows += [("Discount", -part["amount"]) for part in invoice["total_discount_amounts"]]
    rows += [("VAT", part["amount"]) for part in invoice["total_taxes"]]
    return [*rows, ("Total", invoice["total"])]
