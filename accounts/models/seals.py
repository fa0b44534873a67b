"""What holds the audit log together: seals over its lines, and what came of holding the log against them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditSeal(models.Model):
    """A signed list of lines and their hashes that names the seal before; never changed, as the lines."""

    previous = models.CharField(max_length=64, unique=True)  # its digest: two workers cannot both follow it
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    last = models.BigIntegerField()  # the highest line that is sealed by then
    text = models.TextField()  # what is hashed and signed
    signature = models.CharField(max_length=100)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.digest[:12]


class AuditCheck(models.Model):
    """The log was held against its seals."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    lines = models.PositiveIntegerField()
    fault = models.CharField(max_length=200, blank=True)  # the first line that does not fit; empty: all do

    class Meta:
        ordering = ["-at"]
        verbose_name = _("check of the audit log")
        verbose_name_plural = _("checks of the audit log")

    def __str__(self) -> str:
        return self.fault or str(_("fits"))
