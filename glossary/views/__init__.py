"""The public glossary: an index by pinyin (``index``), and an entry with its uses (``entry``).

It reads the public side alone (``PublishedEntry``, the uses of the generation that counts and the
published tables); whatever has no row there answers 404. A page is made of one state of the
glossary: if that changes meanwhile, it is made again.
"""
