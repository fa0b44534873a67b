"""The cast of the tests is the demo's."""

from generation.cast import *  # noqa: F403
