"""Edits: the rules between numbers, what breaks them, and which cell would mend them.

An edit, in the sense of Fellegi and Holt (1976), is a statement that the numbers of a record or a
table must satisfy: a flow closes, parts sum to their total, a rate is the quotient of its counts,
a part is at most its whole. `identities` reads such statements from data, `rules` checks them,
`localise` names the smallest weighted set of cells whose change lets all of them hold, and `slips`
says which slip of the hand a mended value would explain. Nothing here changes a value, and nothing
here knows where the numbers come from: returns and the printed report use it alike.

Compare R's ``validate``, ``errorlocate`` and ``deductive`` (Statistics Netherlands).
"""

from kgstats.edits.identities import Identity, IdentityError, read_identities
from kgstats.edits.localise import Change, Diagnosis, Limits, Repair, localise
from kgstats.edits.rules import Key, Linear, Number, Rate, Rule, broken
from kgstats.edits.slips import Slip, slip_between

__all__ = [
    "Change",
    "Diagnosis",
    "Identity",
    "IdentityError",
    "Key",
    "Limits",
    "Linear",
    "Number",
    "Rate",
    "Repair",
    "Rule",
    "Slip",
    "broken",
    "localise",
    "read_identities",
    "slip_between",
]
