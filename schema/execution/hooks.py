"""Strawberry's extension hooks, looked up once per extension class and entered only if defined."""

import inspect
from collections.abc import Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from functools import cache
from typing import Any, Final, TypeVar, cast

from strawberry.extensions import SchemaExtension
from strawberry.extensions.context import (
    ExecutingContextManager,
    ExtensionContextManagerBase,
    OperationContextManager,
    ParsingContextManager,
    ValidationContextManager,
)
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.types import ExecutionContext

Phase = TypeVar("Phase", bound=ExtensionContextManagerBase)

_NOTHING: Final = nullcontext()


class Hooks(SchemaExtensionsRunner):
    """Extension runner for `execute` and `stream`; it supports only hooks that are generators.

    Strawberry's own runner looks up each hook of each extension again, four times per operation.
    """

    def operation(self) -> OperationContextManager:
        """Return the context manager around the whole operation."""
        return self._around(OperationContextManager)

    def parsing(self) -> ParsingContextManager:
        """Return the context manager around parsing."""
        return self._around(ParsingContextManager)

    def validation(self) -> ValidationContextManager:
        """Return the context manager around validation."""
        return self._around(ValidationContextManager)

    def executing(self) -> ExecutingContextManager:
        """Return the context manager around execution."""
        return self._around(ExecutingContextManager)

    async def get_extensions_results(self, ctx: ExecutionContext) -> dict[str, Any]:
        """Return what the extensions add to the response."""
        stock = SchemaExtension.get_results
        if any(each.__class__.get_results is not stock for each in self.extensions):
            return await super().get_extensions_results(ctx)
        return dict(ctx.extensions_results)

    def _around(self, phase: type[Phase]) -> Phase:
        entered = []
        for each in self.extensions:
            kind: Any = type(each)
            manager = _manager_of(kind, phase.HOOK_NAME)
            if manager is not None:
                entered.append(manager(each))
        return cast(Phase, _All(entered) if entered else _NOTHING)


class _All(AbstractAsyncContextManager[None]):
    """Several context managers as one; they exit in reverse order."""

    def __init__(self, managers: list[Any]) -> None:
        self._managers = managers
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> None:
        for each in self._managers:
            if hasattr(each, "__aenter__"):
                await self._stack.enter_async_context(each)
            else:
                self._stack.enter_context(each)

    async def __aexit__(self, *raised: Any) -> bool | None:
        return await self._stack.__aexit__(*raised)


@cache
def _manager_of(extension: Any, hook: str) -> Callable[[Any], Any] | None:
    """Return a factory of context managers for a hook; None if the extension does not define it."""
    generator = getattr(extension, hook)
    if generator is getattr(SchemaExtension, hook):
        return None
    if inspect.isasyncgenfunction(generator):
        return asynccontextmanager(generator)
    assert inspect.isgeneratorfunction(generator), f"{extension.__name__}.{hook} has no yield"
    return contextmanager(generator)
