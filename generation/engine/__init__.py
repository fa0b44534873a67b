"""Pixels: photos of a person in, ranked headshots of that person out; no Django, no storage, no queue."""
