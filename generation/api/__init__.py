"""The API: the same journey as the pages, over the same verbs, for a person's own programs.

``doors`` lets in, ``shapes`` says what goes in and comes out, ``errors`` turns what verbs raise into
sentences; ``opening``, ``photos``, ``making``, ``pictures`` and ``keeping`` are the journey in
its order, with ``consents`` beside it and ``trying`` before it.
"""
