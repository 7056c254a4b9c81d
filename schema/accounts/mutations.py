"""What clients can do with accounts and modules."""

import strawberry

from schema.accounts.inputs import (
    AccountInput,
    CreateAccountInput,
    CreateModuleInput,
    ModuleForAccountInput,
    RenameAccountInput,
    SetAccountLanguageInput,
    SetAccountModulesInput,
    SetAccountRevealInput,
)
from schema.accounts.payloads import (
    AccountModulesPayload,
    AccountPayload,
    CreateAccountResult,
    CreateModuleResult,
    ModuleForAccountResult,
    ModulePayload,
    MoveAccountResult,
    RenameAccountResult,
    SetAccountLanguageResult,
    SetAccountModulesResult,
    SetAccountRevealResult,
)
from schema.accounts.types import Account, Module
from schema.base.arguments import Input
from schema.base.context import Info

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class AccountMutations:
    """The tenants, and what they may grant."""

    @strawberry.mutation(description="Give an account another name.")
    async def rename_account(
        self, info: Info, input: Input[RenameAccountInput]
    ) -> RenameAccountResult:
        """The account as it is then."""
        desk, actor = info.context.desk, info.context.actor
        account = await desk.accounts.rename(actor, input.id, input.name)
        return AccountPayload(account=Account.of(account))

    @strawberry.mutation(
        description="Whether an account's secrets can be shown again. ONCE destroys all values"
        " that are kept, in the same change."
    )
    async def set_account_reveal(
        self, info: Info, input: Input[SetAccountRevealInput]
    ) -> SetAccountRevealResult:
        """The account as it is then."""
        desk, actor = info.context.desk, info.context.actor
        account = await desk.accounts.set_reveal(actor, input.id, input.reveal)
        return AccountPayload(account=Account.of(account))

    @strawberry.mutation(description="What an account's pages are in.")
    async def set_account_language(
        self, info: Info, input: Input[SetAccountLanguageInput]
    ) -> SetAccountLanguageResult:
        """The account as it is then."""
        desk, actor = info.context.desk, info.context.actor
        account = await desk.accounts.set_language(actor, input.id, input.language)
        return AccountPayload(account=Account.of(account))

    @strawberry.mutation(description="For Operations: a new account, without people and modules.")
    async def create_account(
        self, info: Info, input: Input[CreateAccountInput]
    ) -> CreateAccountResult:
        """The account."""
        desk, actor = info.context.desk, info.context.actor
        account = await desk.accounts.create(actor, input.name, input.type)
        return AccountPayload(account=Account.of(account))

    @strawberry.mutation(
        description="For Operations: let a disabled account's people and tokens act again."
    )
    async def enable_account(self, info: Info, input: Input[AccountInput]) -> MoveAccountResult:
        """The account as it is then."""
        desk, actor = info.context.desk, info.context.actor
        return AccountPayload(account=Account.of(await desk.accounts.enable(actor, input.id)))

    @strawberry.mutation(
        description="For Operations: shut an account's people out, and have its tokens refused."
    )
    async def disable_account(self, info: Info, input: Input[AccountInput]) -> MoveAccountResult:
        """The account as it is then."""
        desk, actor = info.context.desk, info.context.actor
        return AccountPayload(account=Account.of(await desk.accounts.disable(actor, input.id)))

    @strawberry.mutation(description="For Operations: a new module, enabled for nobody yet.")
    async def create_module(
        self, info: Info, input: Input[CreateModuleInput]
    ) -> CreateModuleResult:
        """The module."""
        desk, actor = info.context.desk, info.context.actor
        module = await desk.modules.create(actor, input.id, input.name, input.description)
        return ModulePayload(module=Module.of(module))

    @strawberry.mutation(
        description="For Operations: let an account's administrators grant a module."
    )
    async def enable_module(
        self, info: Info, input: Input[ModuleForAccountInput]
    ) -> ModuleForAccountResult:
        """The module. Enabling twice changes nothing."""
        desk, actor = info.context.desk, info.context.actor
        module = await desk.modules.enable(actor, input.module_id, input.account_id)
        return ModulePayload(module=Module.of(module))

    @strawberry.mutation(
        description="For Operations: withdraw a module from an account; its tokens lose it at once."
    )
    async def disable_module(
        self, info: Info, input: Input[ModuleForAccountInput]
    ) -> ModuleForAccountResult:
        """The module. Withdrawing twice changes nothing."""
        desk, actor = info.context.desk, info.context.actor
        module = await desk.modules.disable(actor, input.module_id, input.account_id)
        return ModulePayload(module=Module.of(module))

    @strawberry.mutation(description="For Operations: enable exactly these modules.")
    async def set_account_modules(
        self, info: Info, input: Input[SetAccountModulesInput]
    ) -> SetAccountModulesResult:
        """The modules enabled then."""
        desk, actor = info.context.desk, info.context.actor
        enabled = await desk.modules.set_enabled(actor, input.account_id, input.module_ids)
        return AccountModulesPayload(enabled_modules=[Module.of(module) for module in enabled])
