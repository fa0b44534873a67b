"""Photos of one person in, a ranked gallery of studio headshots of them out. No Django, no storage, no queue.

The whole path, in the order in which it happens (``session`` walks it at a terminal):

1. ``intake.open_photo`` opens each file safely.
2. ``photos.check`` and ``together.judge_set`` say which photos can be used, why not, and what to add.
3. ``traits.detected`` reads which traits the photos agree on: the keep list.
4. ``identity.prepare`` and ``identity.train`` learn the person as a LoRA file.
5. ``orders.orders_for`` turns looks into directed orders; ``studio.shoot`` draws them (``selfie`` untrained).
6. ``measure.measure`` looks at every frame; ``ranking.rank`` decides what is shown, in which order.
7. ``gallery`` and ``marking`` write pictures that say they are AI-made, ``gallery.json`` and ``index.html``.
8. ``sizes.cut``, ``backdrop.swapped`` and ``previews`` make what leaves; ``credentials.signed`` signs last.
"""

import os

# Before any of them is imported: advice to developers does not belong on a person's terminal.
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
