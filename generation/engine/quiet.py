"""Imported before any diffusers class: keeps its libraries' advice to developers off a person's terminal."""

from __future__ import annotations

import diffusers.utils.logging
import transformers.utils.logging

for library in (diffusers.utils.logging, transformers.utils.logging):
    library.set_verbosity_error()
    library.disable_progress_bar()
