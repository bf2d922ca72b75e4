"""A request as Authlib sees it: its parameters, each once and none of them empty."""

from collections import Counter, defaultdict
from urllib.parse import parse_qsl

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Payload
from starlette.requests import Request as HttpRequest

LARGEST = 64 * 1024
"""Bytes of a form."""
MOST_FIELDS = 50
FORM = "application/x-www-form-urlencoded"


class Payload(OAuth2Payload):
    """Parameters; InvalidRequestError where one is given twice (RFC 6749, section 3.1) or holds a NUL."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        if any("\x00" in name + value for name, value in pairs):
            raise InvalidRequestError("A parameter holds a NUL character.")
        if any(count > 1 for count in Counter(name for name, _ in pairs).values()):
            raise InvalidRequestError("A parameter is given more than once.")
        self.values = dict(pairs)

    @property
    def data(self) -> dict[str, str]:
        return self.values

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return defaultdict(list, {name: [value] for name, value in self.values.items()})


class ProviderRequest(OAuth2Request):
    """Whether the transport is safe is for who operates the edge: TLS may end before us."""

    def __init__(self, http: HttpRequest, pairs: list[tuple[str, str]]) -> None:
        super().__init__(http.method, str(http.url.replace(scheme="https")), headers=http.headers)
        self.payload = Payload(pairs)

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data


async def form_of(http: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a posted form that have a value; InvalidRequestError where it is none, or too large."""
    kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise InvalidRequestError(f"The request is no form: its Content-Type must be {FORM}.")
    body = b""
    async for chunk in http.stream():
        body += chunk
        if len(body) > LARGEST:
            raise InvalidRequestError("The form is too large.", status_code=413)
    return pairs_of(body)


def pairs_of(encoded: bytes) -> list[tuple[str, str]]:
    """The parameters that have a value; one without is as good as left out (RFC 6749, section 3.1)."""
    try:
        return parse_qsl(encoded.decode("ascii"), errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise InvalidRequestError("The parameters are not properly encoded, or too many.") from error
