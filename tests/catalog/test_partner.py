"""A partner with credentials of its own keeps a mirror of what its country may see."""

from runtime.settings import Settings
from server.commands.clients import NewClient, add_client
from tests.catalog.shelf import LONG_AGO, Shelf
from tests.catalog.test_changes import FEED
from tests.served import served


async def test_a_partner_s_feed_is_its_country_s(settings: Settings) -> None:
    new = NewClient(id="guide", name="A guide", grants=("credentials",), scopes=("catalog:feed",), country="DE")
    secret = await add_client(settings, new)
    async with served(settings) as front:
        shelf = Shelf()
        shelf.movie("american", windows=[(["US"], LONG_AGO, None)])
        shelf.movie("german", windows=[(["DE"], LONG_AGO, None)], texts={"en": "German", "de": "Deutsch"})
        await shelf.store(front.resources)
        form = {"grant_type": "client_credentials", "scope": "catalog:feed"}
        granted = await front.client.post("/oauth/token", data=form, auth=("guide", secret or ""))
        token = granted.json()["access_token"]
        edges = (await front.data(FEED, token))["titleChanges"]["edges"]
        assert {edge["node"]["title"]["name"] for edge in edges} == {"German"}
        refused = await front.ask("{ editorialTitles { edges { cursor } } }", token)
        assert [error["extensions"]["code"] for error in refused["errors"]] == ["FORBIDDEN"]
        anonymous = await front.ask(FEED)
        assert [error["extensions"]["code"] for error in anonymous["errors"]] == ["UNAUTHENTICATED"]
