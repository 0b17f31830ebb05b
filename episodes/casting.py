"""Who hosts and who is the guest. Pure.

Whoever the front matter lists and speaks is a host, whoever speaks beside them a guest; what a label
or ``guest`` says goes before that, what the record of the channel says after it. Whoever is listed
and silent is only mentioned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from episodes.names import name_key
from episodes.remarks import say
from episodes.transcripts.document import Diagnostic, Severity

__all__ = ["Cast", "Player"]

ALIKE = 85  # of 100: two names that may be one, misheard
MOST_PAIRS = 10_000  # beyond, it is a list of names rather than a cast


@dataclass(frozen=True, slots=True)
class Player:
    """A person beside an episode: the turns spoken, the role a label says, what is on record.

    ``listed``: in ``people``; ``guest``: in ``guest``; ``regular``: hosted in this channel before.
    """

    name: str
    turns: int
    said: str = ""
    listed: bool = False
    guest: bool = False
    regular: bool = False


@dataclass(slots=True)
class Cast:
    """The people of one episode; ``notes`` fills with what could be wrong."""

    players: Sequence[Player]
    notes: list[Diagnostic] = field(default_factory=list)

    def roles(self) -> list[str]:
        """Return host, guest or mentioned for each, in their order."""
        speaking = [player for player in self.players if player.turns]
        alike = self._alike()
        hosting = any(
            player.said == "host" or player.regular or player.listed or player.name in alike
            for player in speaking
            if not player.guest and player.said != "guest"
        )
        visiting = any(player.guest or player.said == "guest" for player in speaking)
        unsure: list[str] = []
        roles = []
        for player in self.players:
            if player.guest or player.said == "guest":
                roles.append("guest")
            elif not player.turns:
                roles.append("mentioned")
            elif player.said or player.listed or player.regular or player.name in alike:
                roles.append("host")
            elif hosting:
                roles.append("guest")
            elif visiting:
                roles.append("host")
            else:
                roles.append("guest")
                unsure.append(player.name)
        if unsure:
            who = "、".join(unsure[:5]) + ("…" if len(unsure) > 5 else "")
            message = say("roles_unknown", names=who)
            self.notes.append(Diagnostic(0, "roles_unknown", message))
        return self._with_guest(roles, speaking)

    def _with_guest(self, roles: list[str], speaking: list[Player]) -> list[str]:
        """Where all who speak would be hosts: whoever never hosted here is the guest."""
        if len(speaking) < 2 or any(
            role != "host" for role, player in zip(roles, self.players, strict=True) if player.turns
        ):
            return roles
        visitors = [player for player in speaking if not player.regular and not player.said]
        if not visitors or not any(player.regular for player in speaking):
            message = say("guest_unknown")
            self.notes.append(Diagnostic(0, "guest_unknown", message, Severity.NOTICE))
            return roles
        who = "、".join(player.name for player in visitors[:5])
        message = say("guest_by_record", names=who)
        self.notes.append(Diagnostic(0, "guest_by_record", message))
        return [
            "guest" if player.turns and not player.regular and not player.said else role
            for role, player in zip(roles, self.players, strict=True)
        ]

    def _alike(self) -> set[str]:
        """Speakers who are not listed, but whose name is nearly that of somebody listed and silent."""
        found: set[str] = set()
        speaking = [player for player in self.players if player.turns and not player.listed]
        silent = [player for player in self.players if player.listed and not player.turns]
        if len(speaking) * len(silent) > MOST_PAIRS:
            return found
        for player in speaking:
            for other in silent:
                if fuzz.ratio(name_key(player.name), name_key(other.name)) >= ALIKE:
                    found.add(player.name)
                    message = say("names_alike", name=player.name, other=other.name)
                    self.notes.append(Diagnostic(0, "names_alike", message))
        return found
