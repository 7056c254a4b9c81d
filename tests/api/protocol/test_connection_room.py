"""Which connection ends where there is no room for one more."""

from server.protocol.connections import Connections


class Held:
    """A connection as the room for it sees it."""

    def __init__(self, address: str, idleness: tuple[int, float] | None = (0, 0.0)) -> None:
        self.address = address
        self.ended = False
        self._idleness = idleness

    def look(self, now: float) -> None: ...

    def drain(self, now: float, since: float) -> None: ...

    def idleness(self) -> tuple[int, float] | None:
        return self._idleness

    def end(self) -> None:
        self.ended = True


async def test_room_is_made_by_the_address_that_holds_the_most() -> None:
    room = Connections(8, trusted={"10.0.0.9"})
    crowd = [Held("10.0.0.1", (0, 2.0)), Held("10.0.0.1", (0, 1.0))]
    others = [Held(f"10.0.1.{each}") for each in range(6)]
    assert all(room.admit(each) for each in [*crowd, *others])
    assert room.admit(Held("10.0.2.1"))
    assert [each.ended for each in crowd] == [False, True], "the one that is idle the longest"
    assert not any(each.ended for each in others)
    assert len(room) == 8


async def test_an_address_has_a_share_and_makes_room_itself() -> None:
    room = Connections(8, trusted=set())
    first, second = Held("10.0.0.1", (1, 0.0)), Held("10.0.0.1", (0, 5.0))
    other = Held("10.0.0.2")
    assert [room.admit(each) for each in (first, second, other)] == [True, True, True]
    assert room.admit(Held("10.0.0.1", None))
    assert [first.ended, second.ended, other.ended] == [False, True, False]
    assert room.admit(Held("10.0.0.1", None))
    assert first.ended
    assert not room.admit(Held("10.0.0.1")), "all of its connections are in use"
    assert len(room) == 3


async def test_a_trusted_proxy_speaks_for_many_and_gives_way_last() -> None:
    room = Connections(8, trusted={"10.0.0.9"})
    proxied = [Held("10.0.0.9") for _ in range(7)]
    lone = Held("10.0.0.1")
    assert all(room.admit(each) for each in [*proxied, lone])
    assert room.admit(Held("10.0.0.2"))
    assert (lone.ended, any(each.ended for each in proxied)) == (True, False)


async def test_where_all_are_in_use_the_newest_is_refused() -> None:
    room = Connections(4, trusted=set())
    assert all(room.admit(Held(f"10.0.0.{each}", None)) for each in range(4))
    assert not room.admit(Held("10.0.1.1"))
    assert len(room) == 4
