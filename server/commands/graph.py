"""`marquee graph`: the subgraphs' SDL, composed into the supergraph and the schema that clients see."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from graphql import build_schema, lexicographic_sort_schema, print_schema

from runtime.settings import Subgraph
from server.commands import Stop
from subgraphs import SUBGRAPHS

ROOT = Path(__file__).parent.parent.parent
SDL = ROOT / "schema" / "sdl"
COMPOSER = ROOT / "deploy" / "router" / "compose.mjs"


def write_graph(check: bool) -> None:
    """Writes schema/sdl/; with `check` it writes nothing and stops where a file is stale."""
    made = files()
    if not check:
        SDL.mkdir(exist_ok=True)
        for name, text in made.items():
            (SDL / name).write_text(text)
        return
    stale = [name for name, text in made.items() if not (SDL / name).exists() or (SDL / name).read_text() != text]
    if stale:
        raise Stop(f"schema/sdl/ is stale ({', '.join(stale)}): run `make graph` and commit what it writes.")


def files() -> dict[str, str]:
    """Every file of schema/sdl/ as the code would have it, by name."""
    sdl = {name: f"{served.schema.as_str().rstrip()}\n" for name, served in SUBGRAPHS.items()}
    composed = compose(sdl)
    api = print_schema(lexicographic_sort_schema(build_schema(composed["api"])))
    named = {f"{name}.graphql": text for name, text in sdl.items()}
    return named | {"supergraph.graphql": composed["supergraph"], "api.graphql": f"{api}\n"}


def compose(sdl: Mapping[Subgraph, str]) -> dict[str, str]:
    """The supergraph and the public API of these subgraphs; Stop where they do not compose."""
    if not (COMPOSER.parent / "node_modules").exists():
        raise Stop("The composer is not installed: run `make node`.")
    subgraphs = [
        {"name": name, "url": f"http://127.0.0.1:{SUBGRAPHS[name].port}/graphql", "sdl": text}
        for name, text in sdl.items()
    ]
    done = subprocess.run(
        [node(), str(COMPOSER)], input=json.dumps(subgraphs), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Stop(f"The subgraphs do not compose:\n{done.stderr.strip()}")
    composed: dict[str, str] = json.loads(done.stdout)
    return composed


def node() -> str:
    """Node's program: the one of this virtual environment, else the one on the path."""
    beside = Path(sys.executable).parent / "node"
    found = str(beside) if beside.exists() else shutil.which("node")
    if found is None:
        raise Stop("There is no Node here: install the requirements, which bring it.")
    return found
