"""How good recommendations are on MovieLens 100k, as they would be served, beside what they are compared with.

The files ml-100k.inter and ml-100k.item, in RecBole's form, are in the folder that MARQUEE_MOVIELENS names; they are
not part of Marquee. Measured on the test part with the recipe that was chosen on the validation part.
"""

import os
from pathlib import Path

from server.commands.recommend import evaluate_file

FOLDER = "MARQUEE_MOVIELENS"


async def measure() -> None:
    """Prints a table: nDCG@10, Recall@20, AUC, coverage@10 and diversity of each ranking on each split."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        print(f"skipped: {FOLDER} names no folder with ml-100k.inter and ml-100k.item")
        return
    for line in evaluate_file(Path(folder) / "ml-100k.inter", Path(folder) / "ml-100k.item", test=True, tuned=False):
        print(line, flush=True)
