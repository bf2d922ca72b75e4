"""The home screen: ten rows of twenty titles, by the graph and by an endpoint written by hand for this one answer."""

import orjson

from benchmarks.load import Figures, once, request, round_of
from benchmarks.stack import Contender, platform, running
from server.commands.token import token_for
from server.seed.accounts import ACCOUNTS, PROFILES

WATCHED_NOTHING = "administrator"
ROUNDS, SECONDS, CONNECTIONS = 5, 4.0, 4
QUERY = """query Home { viewer { profile { home(first: 10) { edges { node {
  id kind heading
  titles(first: 20) { edges { node {
    __typename id name artwork(kind: POSTER) { url width height } genres { id name }
    ... on Movie { progress { positionMs durationMs } }
  } } }
} } } } } }"""


async def measure() -> None:
    """Prints requests a second and CPU a request of both, and their ratios, after checking that they answer alike."""
    async with platform() as settings:
        # one who has not watched anything: the endpoint by hand knows popularity alone
        email = next(email for role, email, _ in ACCOUNTS if role == WATCHED_NOTHING)
        token = await token_for(settings, email, PROFILES[WATCHED_NOTHING][0].name)
        graph_request = request("POST", "/graphql", orjson.dumps({"query": QUERY}), token)
        hand_request = request("GET", "/home", b"", token)
        async with (
            running("by hand", "benchmarks.handwritten", settings) as hand,
            running("graph", "server.main serve", settings) as graph,
        ):
            await check_alike(graph, graph_request, hand, hand_request)
            contenders = [(hand, hand_request, Figures()), (graph, graph_request, Figures())]
            for contender, sent, _ in contenders:  # warm up: plans, caches, statements
                await round_of(contender, sent, Figures(), SECONDS / 2, CONNECTIONS)
            for _ in range(ROUNDS):
                for contender, sent, figures in contenders:
                    await round_of(contender, sent, figures, SECONDS, CONNECTIONS)
            for contender, _, figures in contenders:
                print(figures.line(contender.name, contenders[0][2]))


async def check_alike(graph: Contender, graph_request: bytes, hand: Contender, hand_request: bytes) -> None:
    answers = [orjson.loads(await once(graph, graph_request)), orjson.loads(await once(hand, hand_request))]
    if answers[0].get("errors") or answers[0]["data"] != answers[1]["data"]:
        raise RuntimeError(f"The two do not answer alike: {answers[0].get('errors') or 'the data differ'}.")
    edges = answers[0]["data"]["viewer"]["profile"]["home"]["edges"]
    titles = sum(len(edge["node"]["titles"]["edges"]) for edge in edges)
    print(f"{len(edges)} rows, {titles} titles, {len(orjson.dumps(answers[0]['data']))} bytes, alike from both")
