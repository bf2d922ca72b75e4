"""The home screen through the one graph: what it shows, and what it costs."""

from pathlib import Path
from typing import Any

from server.seed import ACCOUNTS
from tests.identity.operations import DEVICE, SELECT, SIGN_IN
from tests.served import Front

HOME = """query ($rows: Int!, $titles: Int!) { viewer { profile { home(first: $rows) { modelVersion edges { node {
  id kind heading titles(first: $titles) { edges { node {
    __typename id name maturity { code } genres { name } artwork(kind: POSTER) { url blurhash }
    ... on Movie { progress { positionMs percent } } upNext { id progress { percent } } inMyList
  } explanation { text } } pageInfo { hasNextPage } }
} } } } } }"""
TOUR = Path(__file__).parents[2] / "web/src/graphiql/tour"
ENTITLED = "{ viewer { account { email entitlements { active plan { code prices { amount { formatted } } } } } } }"


async def viewer_token(front: Front, profile: str) -> str:
    """An access token of the seeded viewer's profile of this name."""
    _, email, password = ACCOUNTS[0]
    given = {"email": email, "password": password, "device": DEVICE}
    signed_in = (await front.data(SIGN_IN, input=given))["answer"]
    profiles = {p["name"]: p["id"] for p in signed_in["viewer"]["account"]["profiles"]}
    selected = await front.data(SELECT, signed_in["accessToken"], id=profiles[profile])
    token: str = selected["answer"]["accessToken"]
    return token


async def home(front: Front, token: str, rows: int, titles: int) -> tuple[list[Any], int]:
    """The rows, and how many statements they took."""
    response = await front.ask(HOME, token, rows=rows, titles=titles)
    assert "errors" not in response, response["errors"]
    edges = response["data"]["viewer"]["profile"]["home"]["edges"]
    return [edge["node"] for edge in edges], response["extensions"]["sql"]["count"]


async def test_ten_rows_of_twenty_titles_take_as_many_statements_as_six_of_five(platform: Front) -> None:
    token = await viewer_token(platform, "Robin")
    await home(platform, token, 10, 20)  # once for all who ask, the process reads which titles there are
    few, few_statements = await home(platform, token, 6, 5)
    many, statements = await home(platform, token, 10, 20)
    assert (len(few), len(many)) == (6, 10)
    assert sum(len(row["titles"]["edges"]) for row in many) > 100
    assert statements == few_statements


async def test_rows_are_the_profiles_own_first_and_no_title_stands_twice_above_the_fold(platform: Front) -> None:
    rows, _ = await home(platform, await viewer_token(platform, "Robin"), 10, 20)
    assert [row["kind"] for row in rows[:4]] == ["CONTINUE_WATCHING", "MY_LIST", "TRENDING", "NEW_RELEASES"]
    above = [edge["node"]["id"] for row in rows[:4] for edge in row["titles"]["edges"][:6]]
    assert len(above) == len(set(above)) > 10
    listed = [edge["node"] for edge in rows[1]["titles"]["edges"]]
    assert all(title["inMyList"] for title in listed)
    for row in rows:
        for edge in row["titles"]["edges"]:
            assert edge["node"]["name"]
            assert edge["node"]["artwork"]["url"].startswith("http://127.0.0.1:")


async def test_the_tour_says_why_titles_are_there_and_what_is_like_one(platform: Front) -> None:
    token = await viewer_token(platform, "Robin")
    home = (await platform.data((TOUR / "MayLike.graphql").read_text(), token))["viewer"]["profile"]["home"]
    rows = {edge["node"]["kind"]: edge["node"]["titles"]["edges"] for edge in home["edges"]}
    assert home["modelVersion"] is None
    for edge in rows["TRENDING"]:
        [evidence] = edge["explanation"]["evidence"]
        assert (evidence["kind"], evidence["label"]) == ("POPULAR", edge["explanation"]["text"])
        assert 0 < evidence["weight"] <= 1
    film = rows["TRENDING"][0]["node"]
    document = (TOUR / "MoreLikeThis.graphql").read_text()
    title = (await platform.data(document, token, id=film["id"]))["title"]
    assert title["name"] == film["name"]
    assert len(title["moreLikeThis"]["edges"]) == 10
    for edge in title["moreLikeThis"]["edges"]:
        assert edge["node"]["name"]
        assert {evidence["kind"] for evidence in edge["explanation"]["evidence"]} == {"GENRE"}


async def test_a_child_sees_what_children_may(platform: Front) -> None:
    token = await viewer_token(platform, "Kim")
    rows, _ = await home(platform, token, 10, 20)
    ids = {edge["node"]["id"] for row in rows for edge in row["titles"]["edges"]}
    ages = await platform.data("{ titles(first: 100) { edges { node { id maturity { minimumAge } } } } }", token)
    allowed = {edge["node"]["id"] for edge in ages["titles"]["edges"]}
    assert len(ids) > 10
    assert ids <= allowed
    assert max(edge["node"]["maturity"]["minimumAge"] for edge in ages["titles"]["edges"]) <= 6


async def test_an_answer_crosses_identity_and_billing(platform: Front) -> None:
    account = (await platform.data(ENTITLED, await viewer_token(platform, "Robin")))["viewer"]["account"]
    assert account["email"] == ACCOUNTS[0][1]
    assert account["entitlements"]["active"]
    assert account["entitlements"]["plan"]["code"] == "premium"


async def test_headings_and_names_are_in_the_language_of_the_request(platform: Front) -> None:
    query = '{ genres { slug name } title(slug: "metropolis") { name synopsis } }'
    answers = {}
    for language in ("de", "es", "en"):
        answer = await platform.client.post("/graphql", json={"query": query}, headers={"accept-language": language})
        answers[language] = answer.json()["data"]
    synopses = {answers[language]["title"]["synopsis"] for language in answers}
    assert len(synopses) == 3
    genres = {language: {g["slug"]: g["name"] for g in answers[language]["genres"]} for language in answers}
    assert (genres["de"]["comedy"], genres["en"]["comedy"]) == ("Komödie", "Comedy")
