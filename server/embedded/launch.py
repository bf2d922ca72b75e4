"""How a child is started so that it can't outlive us, and so that Postgres accepts to run for root."""

import os
import shutil
from collections.abc import Sequence

UNPRIVILEGED_ID = 65534
"""The uid and gid that stand for nobody on Linux; they need no entry in /etc/passwd."""

KEEP_FILE_ACCESS = (
    f"--reuid={UNPRIVILEGED_ID}",
    f"--regid={UNPRIVILEGED_ID}",
    "--clear-groups",
    "--inh-caps=-all,+dac_override",
    "--ambient-caps=-all,+dac_override",
    "--securebits",
    "+no_setuid_fixup",
)
"""Not root any more, but still able to pass the folders with mode 700 that the clone and its .venv may lie below."""


def is_root() -> bool:
    return os.geteuid() == 0


def dying_with_parent(command: Sequence[str], signal: str, *, step_down: bool = False) -> list[str]:
    """`command`, which gets `signal` ("INT", "TERM") when its parent dies; prctl(2) PR_SET_PDEATHSIG.

    With `step_down` it runs as nobody where we are root. Where setpriv is missing (macOS), a child that needn't step
    down is started plainly: the next start stops it if it was left behind.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if step_down and is_root():
            raise FileNotFoundError("setpriv")
        return list(command)
    identity = KEEP_FILE_ACCESS if step_down and is_root() else ()
    return [setpriv, *identity, "--pdeathsig", signal, "--", *command]
