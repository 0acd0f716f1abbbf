"""What people of the random model do, and how often."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.model_cable import Cable
from tests.e2e.model_people import NAMES, Person


def say_again(person: Person, cable: Cable) -> None:
    """Send something again."""
    if person.unanswered:
        person.say_again(cable, person.chance.choice(list(person.unanswered)))


def leave(person: Person, cable: Cable) -> None:
    """Leave a room, perhaps to enter it again at once."""
    if person.places:
        room = person.chance.choice(list(person.places.values())).room
        cable.ask("leave", room=room)
        if person.chance.random() < 0.3:
            person.join(cable, room)


def create(person: Person, cable: Cable) -> None:
    """Create a room, or find it there."""
    capacity = {"capacity": person.chance.randint(2, 6)} if person.chance.random() < 0.5 else {}
    cable.ask("create", room=person.chance.choice(person.world.rooms), topic=f"{person.label}'s", **capacity)


def delete(person: Person, cable: Cable) -> None:
    """Delete a room that it has created; the first one stays for ever."""
    if rooms := sorted(person.created - {person.world.rooms[0]}):
        room = person.chance.choice(rooms)
        person.created.discard(room)
        cable.ask("delete", room=room)


def topic(person: Person, cable: Cable) -> None:
    """Set a topic."""
    if person.places:
        room = person.chance.choice(list(person.places.values())).room
        person.said += 1
        cable.ask("topic", room=room, topic=f"{person.label} was here {person.said}")


def rename(person: Person, cable: Cable) -> None:
    """Ask for another name, perhaps the same in capitals."""
    name = person.chance.choice(NAMES)
    cable.ask("rename", username=name if person.chance.random() < 0.8 else name.capitalize())


def look(person: Person, cable: Cable) -> None:
    """Look round."""
    room = person.chance.choice(person.world.rooms)
    match person.chance.randrange(5):
        case 0:
            cable.ask("who", room=room)
        case 1:
            cable.ask("list")
        case 2:
            cable.ask("history", room=room, limit=person.chance.randint(1, 100))
        case 3:
            cable.ask("history", room=room, after=person.chance.randrange(200))
        case 4:
            cable.ask("search", room=room, query="says")


def sleep(person: Person, _: Cable) -> None:
    """Not read for a while."""
    person.asleep = person.chance.randint(5, 60)


def drop(person: Person, cable: Cable) -> None:
    """Lose the connection, in the middle of something."""
    person.say(cable)
    person.chance.choice((cable.close, cable.reset))()
    person.world.done["drops"] += 1
    person.over()
    if person.chance.random() < 0.5:
        person.come()


def take_over(person: Person, cable: Cable) -> None:
    """Come by another connection while the first one lives and something is on its way."""
    if person.session and person.named:
        person.say(cable)
        cable.flush()
        person.come()


def part(person: Person, cable: Cable) -> None:
    """Go in order: by `quit`, or by the end of the input."""
    person.say(cable)
    if person.chance.random() < 0.5:
        person.quit()
    else:
        cable.finish()
        person.leaving.append(cable)
        person.over()
    person.world.done["partings"] += 1


Act = Callable[[Person, Cable], None]
CHOICES: tuple[tuple[Act, int], ...] = (
    (Person.say, 40),
    (Person.join, 22),
    (leave, 10),
    (say_again, 8),
    (look, 7),
    (create, 6),
    (delete, 4),
    (topic, 3),
    (rename, 3),
    (sleep, 3),
    (drop, 2),
    (take_over, 2),
    (part, 1),
)
ACTS = [act for act, _ in CHOICES]
WEIGHTS = [weight for _, weight in CHOICES]


def step(person: Person) -> None:
    """Let *person* do one thing."""
    person.asleep = max(0, person.asleep - 1)
    if person.cable:
        [act] = person.chance.choices(ACTS, WEIGHTS)
        act(person, person.cable)
    elif person.chance.random() < 0.3:
        person.come()
    if person.cable:
        person.cable.flush()
