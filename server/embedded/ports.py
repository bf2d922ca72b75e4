"""Which TCP ports of this machine are free."""

import socket


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now. Someone else may take it before we do: be ready to ask again."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on that port. A connection that is still closing (TIME_WAIT) does not count."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError:
            return False
        return True
