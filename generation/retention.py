"""What is due to go, decided purely, then done; the table is the one that the public page shows."""

from __future__ import annotations


def sweep() -> None:
    """One round of whatever is due."""
