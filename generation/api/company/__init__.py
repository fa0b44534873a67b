"""A company's API: whom it asked, how far they are, and what they released to it; nothing else of anybody."""
