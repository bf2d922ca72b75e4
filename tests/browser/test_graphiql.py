"""GraphiQL as its users meet it: offline, with sign-in, profiles and a tour that works."""

from tests.browser.conftest import VIEWER
from tests.browser.drive import drive
from tests.served import Front

REFUSED = dict.fromkeys(("AccountLookup", "EditorialTitles", "CreateTitle", "TitleChanges"), "FORBIDDEN")
"""What the tour shows to be refused, and how."""


async def test_every_stop_of_the_tour_answers(cinema: Front) -> None:
    seen = await drive("graphiql.mjs", url=cinema.url, **VIEWER)
    answers = seen["answers"]
    assert len(answers) >= 20
    failed = {
        operation: answer["errors"]
        for operation, answer in answers.items()
        if "errors" in answer and answer["errors"][0]["extensions"]["code"] != REFUSED.get(operation)
    }
    assert failed == {}
    assert all("errors" in answers[operation] for operation in REFUSED)
    assert all(answer.get("data") for operation, answer in answers.items() if operation not in REFUSED)
    assert seen["elsewhere"] == [], "pages work offline"
