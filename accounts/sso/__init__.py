"""Signing on through a company's own provider, by OpenID Connect or SAML.

A provider vouches for addresses of its company's proven domains and for no other. It opens the accounts that
it made itself, and any other only once the person, signed in as ever, came through it: whoever may change a
company's settings shall not thereby open people's accounts. When what vouches changes, its links are gone.
"""
