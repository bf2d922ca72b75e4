"""What training and serving know of a title beside who watched it: genres, era, year, certificate, kind and people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from recommendations.interactions import Features

ERA = 10
"""Years."""
FEWEST, MOST_PEOPLE = 3, 2000
"""Somebody is a feature who is credited for so many titles; of more people those who are credited most."""

TITLES = """
    select t.title_id, t.kind, t.genre_ids, t.release_year, t.person_ids,
        (select max(w.minimum_age) from catalog.published_window w where w.title_id = t.title_id) as age
    from catalog.published_title t {where} order by t.title_id
"""
"""A row a title, in the order of their ids."""


def names_of(row: Any) -> list[str]:
    """The features of a row of TITLES, such as `genre:…`, `era:1990`, `year:1994`, `age:12`, `person:…`."""
    names = [f"kind:{row.kind}", *(f"genre:{id_}" for id_ in row.genre_ids), *(f"person:{i}" for i in row.person_ids)]
    if row.release_year is not None:
        names += [f"era:{row.release_year // ERA * ERA}", f"year:{row.release_year}"]
    if row.age is not None:
        names.append(f"age:{row.age}")
    return names


def features_of(rows: Sequence[Any]) -> Features:
    """All features of the rows but those of people who are credited for too few of them."""
    named = [names_of(row) for row in rows]
    people = Counter(name for names in named for name in names if name.startswith("person:"))
    known = sorted(name for name, count in people.items() if count >= FEWEST)
    chosen = set(sorted(known, key=lambda name: -people[name])[:MOST_PEOPLE])
    return matrix_of([[n for n in names if n in chosen or not n.startswith("person:")] for names in named])


def matrix_of(named: Sequence[Iterable[str]]) -> Features:
    """Each title's names as a matrix."""
    names = sorted({name for title in named for name in title})
    columns = {name: column for column, name in enumerate(names)}
    having = [sorted({columns[name] for name in title}) for title in named]
    ends = np.cumsum([0, *map(len, having)], dtype=np.int32)
    indices = np.array([column for title in having for column in title], dtype=np.int32)
    data = np.ones(len(indices), np.float32)
    return Features(names, csr_array((data, indices, ends), shape=(len(named), len(names))))
