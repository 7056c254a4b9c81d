"""What runs beside requests ends with the application, whatever happens to a cancellation."""

import asyncio

import pytest

from server import lifetime


async def test_a_task_that_lost_its_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lifetime, "CANCEL_AGAIN_SECONDS", 0.01)
    swallowed: list[bool] = []

    async def swallows_two() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if len(swallowed) == 2:
                    raise
                swallowed.append(True)

    task = asyncio.create_task(swallows_two())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await lifetime.ended([task])
    assert task.cancelled()
    assert swallowed == [True, True]
