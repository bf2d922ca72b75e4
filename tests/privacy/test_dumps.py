"""How a secret is looked for."""

import base64

import pytest

from tests.privacy.dumps import dumped, forms, leaks
from tests.privacy.households import Home
from tests.served import Front

SECRET = "ada@example.org"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_secret_is_found_in_every_form(before: str) -> None:
    around = f"{before}{SECRET} and more".encode()
    for text in (
        around.decode(),
        around.hex(),
        base64.b64encode(around).decode(),
        base64.urlsafe_b64encode(around).decode(),
    ):
        assert leaks(text, [SECRET]) == [SECRET]
        assert leaks(text, ["eve@example.org"]) == []
    assert len(min(forms(SECRET), key=len)) > 12, "short forms would be found anywhere"


async def test_smoke(front: Front, home: Home) -> None:
    d = await dumped(front)
    assert str(home.account_id) in d
