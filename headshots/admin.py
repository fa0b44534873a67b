"""The wiring's pages for staff."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.staff import Page, site

from . import queue_desk

site.pages.insert(0, Page("queue", _("Queue and GPUs"), queue_desk.page))
