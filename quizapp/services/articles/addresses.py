"""Which addresses of the network may be reached because somebody named them."""

import socket
from ipaddress import IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

from quizapp.services.articles.timed_http import Deadline

# Python's `is_global` lets these pass: each leads to another address, or to a cloud's own service.
_REFUSED = [
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's metadata
        "192.0.0.0/24",  # protocols of the IETF, and Oracle's metadata
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # Teredo, which holds an IPv4 address
        "2002::/16",  # 6to4, which holds one too
        "3fff::/20",  # for documentation
    )
]
# All that is public in IPv6; IPv4 addresses in the clothes of IPv6 (mapped, NAT64) lie elsewhere.
_PUBLIC_IPV6 = ip_network("2000::/3")


def is_public(address: str) -> bool:
    """Say whether a numeric address belongs to a machine of the public network."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip not in _PUBLIC_IPV6:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in one for one in _REFUSED)


def look_up(host: str, port: int) -> list[str]:
    """Return the numeric addresses of a name, the preferred one first; OSError where it has none.

    Spellings of addresses ("127.1", "0x7f000001") are read as connecting would read them.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def look_up_in_time(host: str, port: int, deadline: Deadline) -> list[str]:
    """Return what `look_up` does, or raise TimeoutError: the system's own limit may be minutes."""
    answers: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(look_up(host, port))
        except OSError as error:
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer
