"""What people do with entries: the only functions that write ``Entry.state`` and an edited entry.

Each checks the permission, writes by condition (nobody's change is overwritten unseen), records who
did what (``ChangeSet``, target ``entry:<id>``; ``keys``, ``addresses``, ``state`` and
``merged_into`` among the fields, so that ``undo`` needs nothing else), publishes what follows at
once, and asks for the job where published text has to be searched again.
"""

from glossary.decisions.deciding import (
    STEPS,
    accept,
    add,
    add_alias,
    decide,
    dismiss,
    forbid,
    owner_of,
    reopen,
    save,
)
from glossary.decisions.merging import FILLED, merge, names_offered, values_offered
from glossary.decisions.splitting import (
    Spelling,
    keys_before_merging,
    spellings_of,
    split,
    split_back,
    values_for,
)
from glossary.decisions.undoing import UNDONE, entries_of, undo
from glossary.decisions.writing import EDITABLE, Refused, Stale

__all__ = [
    "EDITABLE",
    "FILLED",
    "STEPS",
    "UNDONE",
    "Refused",
    "Spelling",
    "Stale",
    "accept",
    "add",
    "add_alias",
    "decide",
    "dismiss",
    "entries_of",
    "forbid",
    "keys_before_merging",
    "merge",
    "names_offered",
    "owner_of",
    "reopen",
    "save",
    "spellings_of",
    "split",
    "split_back",
    "undo",
    "values_for",
    "values_offered",
]
