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
VERIFY = "mutation ($link: String!) { answer: verifyEmail(token: $link) { userErrors { code path message } } }"
SEND_VERIFICATION = """mutation ($email: String, $password: String) {
  answer: sendVerification(newEmail: $email, password: $password) { userErrors { code path message } } }"""
CHANGE_PASSWORD = f"""mutation ($old: String!, $new: String!) {{
  answer: changePassword(password: $old, newPassword: $new) {{ {SIGNED_IN} }} }}"""
ASK_FOR_RESET = """mutation ($email: String!) {
  answer: requestPasswordReset(email: $email) { userErrors { code path message } } }"""
RESET = f"""mutation ($link: String!, $new: String!) {{
  answer: resetPassword(token: $link, newPassword: $new) {{ {SIGNED_IN} }} }}"""
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


async def sign_in(front: Front, password: str = PASSWORD, email: str = "ada@example.org") -> dict[str, Any]:
    """The payload of an attempt to sign in."""
    given = {"email": email, "password": password, "device": DEVICE}
    payload: dict[str, Any] = (await front.data(SIGN_IN, input=given))["answer"]
    return payload


def codes(payload: dict[str, Any]) -> list[str]:
    """What the payload's errors are called."""
    return [error["code"] for error in payload["userErrors"]]


async def refused(front: Front, query: str, token: str | None = None, **variables: Any) -> tuple[str, list[str] | None]:
    """The code and path of the one user error that the mutation must answer with."""
    payload = (await front.data(query, token, **variables))["answer"]
    (error,) = payload.pop("userErrors")
    assert not any(value for value in payload.values()), "a refused mutation gives nothing away"
    return error["code"], error["path"]
