"""Which addresses are read: their normal form, and which hosts are on the public internet.

RFC 3986 (URLs), RFC 3490 (IDNA), the IANA special-purpose registries.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from episodes.sources.refusals import refusal_of
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = [
    "THIS_MACHINE",
    "Address",
    "Location",
    "check_characters",
    "is_public",
    "locate",
    "normalise_url",
    "special_kind",
]

MAX_URL = 2000  # characters, before and after normalisation

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# --- Addresses of hosts -----------------------------------------------------------------------

_METADATA = gettext_noop("a cloud's metadata service")
_UNSPECIFIED = gettext_noop("an unspecified address")
_PRIVATE = gettext_noop("a private network")
_CARRIER = gettext_noop("a carrier's inner network")
THIS_MACHINE = gettext_noop("the server's own machine")
_LINK_LOCAL = gettext_noop("a link-local address")
_RESERVED = gettext_noop("a reserved address")
_DOCUMENTATION = gettext_noop("a documentation address")
_BENCHMARKING = gettext_noop("a benchmarking network")
_MULTICAST = gettext_noop("a multicast address")
_MAPPED = gettext_noop("an IPv4 address in IPv6 spelling")
_SIX_TO_FOUR = gettext_noop("a 6to4 address")

# The first match decides. Where True, ``allowed_hosts`` may lift it.
_SPECIAL = tuple(
    (ipaddress.ip_network(network), kind, liftable)
    for network, kind, liftable in (
        ("100.100.100.200/32", _METADATA, False),  # Alibaba
        ("168.63.129.16/32", _METADATA, False),  # Azure, in public space
        ("fd00:ec2::/32", _METADATA, False),  # AWS
        ("0.0.0.0/8", _UNSPECIFIED, False),
        ("10.0.0.0/8", _PRIVATE, True),
        ("100.64.0.0/10", _CARRIER, True),
        ("127.0.0.0/8", THIS_MACHINE, True),
        ("169.254.0.0/16", _LINK_LOCAL, False),  # metadata: 169.254.169.254
        ("172.16.0.0/12", _PRIVATE, True),
        ("192.0.0.0/24", _RESERVED, False),
        ("192.0.2.0/24", _DOCUMENTATION, False),
        ("192.88.99.0/24", _RESERVED, False),
        ("192.168.0.0/16", _PRIVATE, True),
        ("198.18.0.0/15", _BENCHMARKING, True),
        ("198.51.100.0/24", _DOCUMENTATION, False),
        ("203.0.113.0/24", _DOCUMENTATION, False),
        ("224.0.0.0/4", _MULTICAST, False),
        ("240.0.0.0/4", _RESERVED, False),
        ("::1/128", THIS_MACHINE, True),
        ("::/128", _UNSPECIFIED, False),
        ("::ffff:0:0/96", _MAPPED, False),
        ("fc00::/7", _PRIVATE, True),
        ("fe80::/10", _LINK_LOCAL, False),
        ("ff00::/8", _MULTICAST, False),
        ("2001::/23", _RESERVED, False),  # Teredo (2001::/32) among others
        ("2001:db8::/32", _DOCUMENTATION, False),
        ("2002::/16", _SIX_TO_FOUR, False),
        ("3fff::/20", _DOCUMENTATION, False),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


def special_kind(address: Address) -> tuple[Message, bool] | None:
    """Why ``address`` is not public and whether that may be lifted; None if it is public."""
    for network, kind, liftable in _SPECIAL:
        if address in network:
            return kind, liftable
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:  # what every name of IPv4 becomes where a network has only IPv6
        inner = special_kind(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        return inner and (inner[0], False)
    return None if address in _GLOBAL_UNICAST else (_RESERVED, False)


def is_public(address: str) -> bool:
    """Whether a numeric IPv4 or IPv6 address is a host on the public internet."""
    return special_kind(ipaddress.ip_address(address)) is None


# --- Addresses of documents -------------------------------------------------------------------

_NETLOC = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LITERAL = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_TOO_LONG = fill(gettext_noop("it is longer than {limit} characters"), limit=MAX_URL)
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Location:
    """An address taken apart, every part in normal form."""

    scheme: str
    host: str  # an IPv6 address stands in brackets
    port: int
    target: str  # path and query

    @property
    def authority(self) -> str:
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def literal(self) -> Address | None:
        try:
            return ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return None


def normalise_url(url: str) -> str:
    """The normal form of a web address, the one that a source is known by.

    Scheme and host in lower case, the host in ASCII (IDNA), no default port, no fragment, dot
    segments resolved, percent-encoding only where it is needed and in upper case. The query keeps
    its order. Raises FetchError: ``bad_url``, ``bad_scheme``, ``credentials``, ``bad_host`` or
    ``odd_address``. Whether the host may be read is for :func:`fetch` to say.
    """
    return locate(url).url


def locate(url: str) -> Location:
    """``url`` taken apart; raises as :func:`normalise_url` does."""
    check_characters(url)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise refusal_of("bad_url", url, why=gettext_noop("the host is malformed")) from error
    if parts.scheme not in _PORTS:
        raise refusal_of("bad_scheme", url)
    if "@" in parts.netloc:
        raise refusal_of("credentials", url)
    match = _NETLOC.fullmatch(parts.netloc)
    if match is None:
        raise refusal_of("bad_url", url, why=gettext_noop("the host or its port is malformed"))
    port = int(match[2]) if match[2] else _PORTS[parts.scheme]
    if not 0 < port < 65536:
        raise refusal_of("bad_url", url, why=gettext_noop("the port is not between 1 and 65535"))
    if not match[1]:
        raise refusal_of("bad_url", url, why=gettext_noop("it names no host"))
    target = _without_dots(_percent_encode(parts.path, _LITERAL)) or "/"
    if parts.query:
        target += "?" + _percent_encode(parts.query, _LITERAL | {"?"})
    location = Location(parts.scheme, _normal_host(match[1], url), port, target)
    if len(location.url) > MAX_URL:
        raise refusal_of("bad_url", url, why=_TOO_LONG)
    return location


def check_characters(url: str) -> None:
    """urlsplit and urljoin drop line breaks and tabs silently: look before they do."""
    if len(url) > MAX_URL:
        raise refusal_of("bad_url", url, why=_TOO_LONG)
    for char in url:
        if char == "\\" or unicodedata.category(char) in {"Cc", "Cs", "Zs", "Zl", "Zp"}:
            name = unicodedata.name(char, "a control character").lower()
            why = fill(
                gettext_noop("it contains {name} (U+{number})"),
                name=name,
                number=f"{ord(char):04X}",
            )
            raise refusal_of("bad_url", url, why=why)


def _normal_host(written: str, url: str) -> str:
    if written.startswith("["):
        try:
            address = ipaddress.IPv6Address(written[1:-1])
        except ValueError as error:
            raise refusal_of(
                "bad_host", url, why=gettext_noop("the brackets hold no IPv6 address")
            ) from error
        if address.scope_id is not None:
            raise refusal_of("bad_host", url, why=gettext_noop("it names a network interface"))
        return f"[{address.compressed}]"
    # First NFKC: it turns ⑦ and ７ into 7, ⒈ into "1." and ｡ into 。
    host = unicodedata.normalize("NFKC", written).replace("。", ".").lower()
    if any(char in "ßς\u200c\u200d" for char in host):
        # IDNA 2003, which Python speaks, and 2008 lead to different hosts for these four.
        raise refusal_of("bad_host", url, why=gettext_noop("write it in its xn-- form"))
    if host.endswith("."):
        raise refusal_of("bad_host", url, why=gettext_noop("it ends in a dot"))
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise refusal_of(
            "bad_host", url, why=gettext_noop("a part of it is empty, too long or unfit")
        ) from error
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise refusal_of(
            "bad_host", url, why=gettext_noop("it contains a character that no name has")
        )
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        # The system's resolver takes 127.1, 0177.0.0.1, 0x7f.1 and 2130706433 for 127.0.0.1.
        try:
            ipaddress.IPv4Address(host)
        except ValueError as error:
            raise refusal_of("odd_address", url) from error
    return host


def _percent_encode(text: str, literal: frozenset[str]) -> str:
    def normal(match: re.Match[str]) -> str:
        token = match[0]
        if len(token) == 3:
            char = chr(int(token[1:], 16))
            return char if char in _UNRESERVED else token.upper()
        return token if token in literal else "".join(f"%{b:02X}" for b in token.encode())

    return _PERCENT.sub(normal, text)


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4: ``/a/./b/../c`` is ``/a/c``."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "".join(f"/{segment}" for segment in kept)
