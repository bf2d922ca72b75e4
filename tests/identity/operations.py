"""Operations that the tests of identity send, and the household that they make."""

from typing import Any

from tests.served import Front

SIGNED_IN = """accessToken refreshToken expiresAt userErrors { code path message }
viewer { country scopes account { id email country profiles { id name kind } roles { name } } profile { id name } }"""
SIGN_UP = f"mutation ($input: SignUpInput!) {{ answer: signUp(input: $input) {{ {SIGNED_IN} }} }}"
SIGN_IN = f"mutation ($input: SignInInput!) {{ answer: signIn(input: $input) {{ {SIGNED_IN} }} }}"
REFRESH = f"mutation ($refresh: String!) {{ answer: refreshSession(refreshToken: $refresh) {{ {SIGNED_IN} }} }}"
SELECT = f"mutation ($id: ID!, $pin: String) {{ answer: selectProfile(profileId: $id, pin: $pin) {{ {SIGNED_IN} }} }}"
SIGN_OUT = "mutation ($all: Boolean!) { answer: signOut(everywhere: $all) { signedOut userErrors { code } } }"
VIEWER = "{ viewer { country scopes account { id email } profile { id name } } }"
PASSWORD = "correct horse"
DEVICE = {"name": "A browser", "kind": "WEB"}


def sign_up_input(**changed: Any) -> dict[str, Any]:
    given = {
        "email": "ada@example.org",
        "password": PASSWORD,
        "country": "DE",
        "language": "de",
        "profileName": "Ada",
        "device": DEVICE,
    }
    return given | changed


async def sign_up(front: Front, **changed: Any) -> dict[str, Any]:
    """The payload of a sign-up that must work."""
    payload: dict[str, Any] = (await front.data(SIGN_UP, input=sign_up_input(**changed)))["answer"]
    assert payload["userErrors"] == []
    return payload


async def refused(front: Front, query: str, token: str | None = None, **variables: Any) -> tuple[str, list[str] | None]:
    """The code and path of the one user error that the mutation must answer with."""
    payload = (await front.data(query, token, **variables))["answer"]
    (error,) = payload.pop("userErrors")
    assert not any(value for value in payload.values()), "a refused mutation gives nothing away"
    return error["code"], error["path"]
