"""The one `Info` of every resolver: its context is the Request."""

from typing import TypeAlias

import strawberry

from runtime.request import Request

Info: TypeAlias = strawberry.Info[Request, None]
