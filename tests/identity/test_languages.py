"""Refusals in the language of the request."""

import re
from pathlib import Path

import pytest

from oauth.refusals import TRANSLATED
from tests.identity.operations import DEVICE, SIGN_IN
from tests.served import Front

ROOT = Path(__file__).parent.parent.parent
RAISED = re.compile(r"""Refusal\(\s*"([A-Z_]+)\"""")
OF_PAGES_ALONE = {"PASSKEYS_NEED_NAME"}
"""Said by a page in words of its own."""


def test_whatever_identity_refuses_it_refuses_in_every_language() -> None:
    files = [*(ROOT / "oauth").rglob("*.py"), *(ROOT / "resolvers" / "identity").rglob("*.py")]
    raised = {code for file in files for code in RAISED.findall(file.read_text())} - OF_PAGES_ALONE
    assert len(raised) > 30
    for language, texts in TRANSLATED.items():
        assert texts.keys() == raised, language


@pytest.mark.parametrize(
    ("accepted", "message"),
    [
        ("de-AT, en;q=0.5", "Die Adresse oder das Passwort ist falsch."),
        ("es", "La dirección o la contraseña no es correcta."),
        ("fr, en;q=0.5", "The address or the password is wrong."),
        ("", "The address or the password is wrong."),
    ],
)
async def test_a_refusal_is_in_the_language_of_the_request(front: Front, accepted: str, message: str) -> None:
    given = {"email": "nobody@example.org", "password": "wrong password", "device": DEVICE}
    body = {"query": SIGN_IN, "variables": {"input": given}}
    answer = await front.client.post("/graphql", json=body, headers={"accept-language": accepted})
    (error,) = answer.json()["data"]["answer"]["userErrors"]
    assert (error["code"], error["message"]) == ("WRONG_CREDENTIALS", message)
