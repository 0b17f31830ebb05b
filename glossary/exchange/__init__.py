"""The glossary as files of others and from them: TBX, CSV, JSON. Pure: no Django, no tables."""
