"""The report of a model, with the titles' names as the catalogue has them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlmodel import col

from models.published import PublishedGenre, PublishedTitle
from recommendations.atlas import ReportTitle
from recommendations.manifest import BASELINE, Manifest
from recommendations.model import Model
from recommendations.report import report
from resolvers.texts import best
from runtime.resources import Resources


async def report_of(resources: Resources, model: Model, manifest: Manifest, log: Mapping[str, float]) -> str:
    """The page, in HTML; titles that are no longer published have no name on it."""
    titles = await titles_of(resources, model)
    own = {name: value for name, value in manifest.metrics.items() if BASELINE not in name}
    shown = manifest.model_copy(update={"metrics": own})
    return report(shown, model, titles, baselines_in(manifest.metrics), log)


def baselines_in(metrics: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """The metrics of each baseline: `popularity.nDCG@10` is popularity's nDCG@10."""
    found: dict[str, dict[str, float]] = {}
    for name, value in metrics.items():
        baseline, dot, metric = name.partition(BASELINE)
        if dot:
            found.setdefault(baseline, {})[metric] = value
    return found


async def titles_of(resources: Resources, model: Model) -> Sequence[ReportTitle]:
    """The model's titles, in its order, in the installation's language."""
    languages = (resources.settings.default_language,)
    columns = (
        *(col(PublishedTitle.title_id), col(PublishedTitle.names), col(PublishedTitle.original_language)),
        *(col(PublishedTitle.genre_ids), col(PublishedTitle.release_year)),
    )
    async with resources.database.read("viewing") as db:
        rows = {row.title_id: row for row in await db.execute(select(*columns))}
        found = await db.execute(select(col(PublishedGenre.genre_id), col(PublishedGenre.names)))
        genres = {row.genre_id: best(row.names, languages) or row.genre_id for row in found}
    titles = []
    for id_, popularity in zip(np.asarray(model.title_ids), model.popularity, strict=True):
        row = rows.get(UUID(bytes=bytes(id_)))
        if row is None:
            titles.append(ReportTitle("(no longer published)", "", None, float(popularity)))
            continue
        name = best(row.names, languages, row.original_language) or str(row.title_id)
        genre = genres.get(row.genre_ids[0], "") if row.genre_ids else ""
        titles.append(ReportTitle(name, genre, row.release_year, float(popularity)))
    return titles
