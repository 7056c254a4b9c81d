"""Mutations of accounts and modules."""

import strawberry

from schema.accounts.inputs import (
    CreateAccountInput,
    CreateModuleInput,
    DisableAccountInput,
    DisableModuleInput,
    EnableAccountInput,
    EnableModuleInput,
    RenameAccountInput,
    SetAccountLanguageInput,
    SetAccountModulesInput,
    SetAccountRevealInput,
)
from schema.accounts.payloads import (
    CreateAccountPayload,
    CreateModulePayload,
    DisableAccountPayload,
    DisableModulePayload,
    EnableAccountPayload,
    EnableModulePayload,
    RenameAccountPayload,
    SetAccountLanguagePayload,
    SetAccountModulesPayload,
    SetAccountRevealPayload,
)
from schema.accounts.types import Module
from schema.base.context import Info
from schema.base.errors import IllegalStateError, NotFoundError, ValidationError
from schema.base.mutations import Input, mutation

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class AccountMutations:
    """Accounts, and the modules that they may grant."""

    @mutation(ValidationError, NotFoundError)
    async def rename_account(
        self, info: Info, input: Input[RenameAccountInput]
    ) -> RenameAccountPayload:
        """Rename an account. Administrators rename their own, Operations any."""
        desk, actor = info.context.desk, info.context.actor
        return RenameAccountPayload.of(await desk.accounts.rename(actor, input.id, input.name))

    @mutation(NotFoundError)
    async def set_account_reveal(
        self, info: Info, input: Input[SetAccountRevealInput]
    ) -> SetAccountRevealPayload:
        """Choose whether values of an account's tokens can be shown again after creation.

        ONCE destroys all values that are kept, in the same transaction.
        """
        desk, actor = info.context.desk, info.context.actor
        account = await desk.accounts.set_reveal(actor, input.id, input.reveal)
        return SetAccountRevealPayload.of(account)

    @mutation(NotFoundError)
    async def set_account_language(
        self, info: Info, input: Input[SetAccountLanguageInput]
    ) -> SetAccountLanguagePayload:
        """Choose the language of an account's pages."""
        desk, actor = info.context.desk, info.context.actor
        account = await desk.accounts.set_language(actor, input.id, input.language)
        return SetAccountLanguagePayload.of(account)

    @mutation(ValidationError)
    async def create_account(
        self, info: Info, input: Input[CreateAccountInput]
    ) -> CreateAccountPayload:
        """Create an account. Only for Operations. It has no members and no modules yet."""
        desk, actor = info.context.desk, info.context.actor
        return CreateAccountPayload.of(await desk.accounts.create(actor, input.name, input.type))

    @mutation(NotFoundError, IllegalStateError)
    async def enable_account(
        self, info: Info, input: Input[EnableAccountInput]
    ) -> EnableAccountPayload:
        """Enable a disabled account. Only for Operations.

        Its members can sign in and its tokens are accepted again.
        """
        desk, actor = info.context.desk, info.context.actor
        return EnableAccountPayload.of(await desk.accounts.enable(actor, input.id))

    @mutation(NotFoundError, IllegalStateError)
    async def disable_account(
        self, info: Info, input: Input[DisableAccountInput]
    ) -> DisableAccountPayload:
        """Disable an account. Only for Operations.

        Its members are signed out and its tokens are refused, immediately.
        """
        desk, actor = info.context.desk, info.context.actor
        return DisableAccountPayload.of(await desk.accounts.disable(actor, input.id))

    @mutation(ValidationError)
    async def create_module(
        self, info: Info, input: Input[CreateModuleInput]
    ) -> CreateModulePayload:
        """Create a module. Only for Operations. It is not enabled for any account yet."""
        desk, actor = info.context.desk, info.context.actor
        module = await desk.modules.create(actor, input.id, input.name, input.description)
        return CreateModulePayload.of(module)

    @mutation(NotFoundError)
    async def enable_module(
        self, info: Info, input: Input[EnableModuleInput]
    ) -> EnableModulePayload:
        """Enable a module for an account, so that its administrators can grant it to tokens.

        Only for Operations. Enabling it twice changes nothing.
        """
        desk, actor = info.context.desk, info.context.actor
        return EnableModulePayload.of(
            await desk.modules.enable(actor, input.module_id, input.account_id)
        )

    @mutation(NotFoundError)
    async def disable_module(
        self, info: Info, input: Input[DisableModuleInput]
    ) -> DisableModulePayload:
        """Withdraw a module from an account. Its tokens lose the module immediately.

        Only for Operations. Withdrawing it twice changes nothing.
        """
        desk, actor = info.context.desk, info.context.actor
        return DisableModulePayload.of(
            await desk.modules.disable(actor, input.module_id, input.account_id)
        )

    @mutation(ValidationError, NotFoundError)
    async def set_account_modules(
        self, info: Info, input: Input[SetAccountModulesInput]
    ) -> SetAccountModulesPayload:
        """Enable exactly these modules for an account, and withdraw all others.

        Only for Operations. Tokens lose withdrawn modules immediately.
        """
        desk, actor = info.context.desk, info.context.actor
        enabled = await desk.modules.set_enabled(actor, input.account_id, input.module_ids)
        return SetAccountModulesPayload(enabled_modules=[Module.of(module) for module in enabled])
