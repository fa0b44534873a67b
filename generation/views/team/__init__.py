"""A member's own pages, which nobody else of the company can open."""
