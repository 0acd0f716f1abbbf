"""Rights to a room, and to act on the people there."""

from __future__ import annotations

from dataclasses import dataclass

from chatroom.core.lobby import Lobby
from chatroom.core.people.directory import Somebody
from chatroom.core.ports import SeatId
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.viewer import Viewer
from chatroom.core.values.errors import NoSuchRoom, NotAllowed, NotAMember
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import Rank


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: called *username*, in a seat; rooms know them by *identity*, and show themselves to the *viewer*.

    An operator by the control socket is neither.
    """

    username: Username
    seat: SeatId
    identity: bytes | None
    viewer: Viewer | None

    def rank(self, room: Room) -> Rank:
        """Return their rank in *room*: a role is worth nothing to somebody who is banned there."""
        if self.operates or self.identity is None:
            return Rank.OPERATOR
        if room.standing.removal(self.username, self.identity):
            return Rank.GUEST
        return room.standing.own_rank(self.identity)

    @property
    def operates(self) -> bool:
        """Whether they have the rights of an operator: another connection of theirs may have, to which these belong."""
        return self.viewer is None or self.viewer.operates


def know_of(viewer: Viewer | None, room: Room, name: RoomName) -> None:
    """Let those ask for *room* by its *name* who may know of it.

    :raises chatroom.core.values.errors.NoSuchRoom: for all others.
    """
    if not room.is_shown_to(viewer):
        raise NoSuchRoom(name)


def delete(actor: Actor, room: Room) -> None:
    """Let the owner of a room delete it.

    :raises chatroom.core.values.errors.NotAllowed: for those who may not.
    """
    if actor.rank(room) == Rank.OPERATOR:
        return
    if room.permanent:
        raise NotAllowed(f"{room.name} is the operator's, and stays", room.name)
    if room.standing.owner is None:
        raise NotAllowed(f"{room.name} was the operator's; it closes by itself when it is empty", room.name)
    own(actor, room, "delete it")


def own(actor: Actor, room: Room, act: str = "do that") -> None:
    """Let the owner of a room do something to it.

    :raises chatroom.core.values.errors.NotAllowed: for those who may not.
    """
    if actor.rank(room) < Rank.OWNER:
        if room.creator is None:
            raise NotAllowed(f"{room.name} is the operator's, and only operators may {act}", room.name)
        # Whoever created it may have given it away.
        raise NotAllowed(f"Only the owner of {room.name} may {act}; {room.creator} created it", room.name)


def moderate(actor: Actor, room: Room) -> None:
    """Let those moderate a room who have that role there, or a higher one.

    :raises chatroom.core.values.errors.NotAllowed: for anybody else.
    """
    if actor.rank(room) < Rank.MODERATOR:
        raise NotAllowed(f"Only the moderators of {room.name} may do that", room.name)


def invite(actor: Actor, room: Room) -> None:
    """Let those invite somebody who are in a room; where only the invited come in, who moderates it.

    :raises chatroom.core.values.errors.NotAllowed: for anybody else.
    :raises chatroom.core.values.errors.NotAMember: for those who would only tell of it, and are not in.
    """
    if room.standing.settings.invite_only:
        moderate(actor, room)
    elif actor.rank(room) < Rank.MODERATOR and not (actor.viewer and actor.viewer.is_in(room.key)):
        raise NotAMember(room.name)


def operate(actor: Actor) -> None:
    """Let operators do something to the whole server.

    :raises chatroom.core.values.errors.NotAllowed: for all others.
    """
    if not actor.operates:
        raise NotAllowed("Only operators may do that on the whole server; name a room that you moderate")


def privileged(lobby: Lobby, room: Room) -> frozenset[bytes]:
    """Return by what those are known who have a role in *room*: of reports about them, operators alone know."""
    operators = lobby.accounts.operators if lobby.accounts else ()
    return frozenset((*operators, *room.standing.moderators, *([room.standing.owner] if room.standing.owner else [])))


def act_on(actor: Actor, person: Somebody, room: Room) -> None:
    """Let *actor* act on somebody of a lower rank in *room*.

    :raises chatroom.core.values.errors.NotAllowed: on others, and on themselves.
    """
    if person.identity == actor.identity:
        raise NotAllowed("That can't be done to oneself", room.name)
    rank, mine = room.standing.rank(person.identity), actor.rank(room)
    if rank >= mine:
        like = "as well" if rank == mine else "and outranks you"
        raise NotAllowed(f"{person.username} is {_TITLES[rank].format(room=room.name)} {like}", room.name)


_TITLES = {
    Rank.VOICED: "voiced in {room}",
    Rank.MODERATOR: "a moderator of {room}",
    Rank.OWNER: "the owner of {room}",
    Rank.OPERATOR: "an operator",
}
