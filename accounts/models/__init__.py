"""Who: people, and the companies that they work for."""

from __future__ import annotations

from .companies import (
    ADMINS,
    AuditEntry,
    Company,
    CompanyToken,
    Delivery,
    Department,
    Domain,
    Import,
    Invitation,
    InviteLink,
    Member,
    Message,
    Role,
    SingleSignOn,
    Webhook,
)
from .people import ApiToken, ConsentText, Purpose, Release, User, UserManager
from .seals import AuditCheck, AuditSeal

__all__ = [
    "ADMINS",
    "ApiToken",
    "AuditCheck",
    "AuditEntry",
    "AuditSeal",
    "Company",
    "CompanyToken",
    "ConsentText",
    "Delivery",
    "Department",
    "Domain",
    "Import",
    "Invitation",
    "InviteLink",
    "Member",
    "Message",
    "Purpose",
    "Release",
    "Role",
    "SingleSignOn",
    "User",
    "UserManager",
    "Webhook",
]
