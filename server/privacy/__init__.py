"""What a household may ask for under data protection law: a copy of everything, and its erasure.

Only the server sees every subgraph; what each holds of a household, its `personal.py` in resolvers/ knows.
"""

from server.privacy.erasing import erase_due
from server.privacy.exporting import expire_exports, export
from server.privacy.routes import privacy_routes

__all__ = ["erase_due", "expire_exports", "export", "privacy_routes"]
