"""Which addresses may be asked: by spelling, by name, at each redirect and at each connection."""

from __future__ import annotations

import errno
import socket
import ssl
import subprocess
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest

from tests import server as web
from verify.errors import FetchError
from verify.fetch import address as addresses
from verify.fetch.guard import METADATA, SPECIAL, Policy, kind
from verify.fetch.live import LiveFetcher
from verify.model import Failure, Position, Source, SourceId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Each is a way to the machines of one's own network that has worked against some program.
REFUSED_BY_SPELLING = {
    "another scheme": "ftp://example.org/",
    "a file": "file:///etc/passwd",
    "a script": "javascript:alert(1)",
    "data": "data:text/html,<p>here",
    "gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
    "no scheme": "//example.org/",
    "loopback": "http://127.0.0.1/",
    "loopback, further in": "http://127.8.9.10/",
    "decimal": "http://2130706433/",
    "hexadecimal": "http://0x7f000001/",
    "hexadecimal, upper case": "http://0X7F000001/",
    "hexadecimal, dotted": "http://0x7f.0x0.0x0.0x1/",
    "hexadecimal, short": "http://0x7f.1/",
    "octal": "http://0177.0.0.1/",
    "octal, whole": "http://017700000001/",
    "octal, padded": "http://0000177.0.0.01/",
    "short": "http://127.1/",
    "three parts": "http://127.0.1/",
    "mixed": "http://0x7f.0.0.01/",
    "too large": "http://4294967296/",
    "too many parts": "http://127.0.0.0.1/",
    "neither octal nor decimal": "http://127.0.0.089/",
    "a last dot": "http://127.0.0.1./",
    "zero": "http://0/",
    "no machine": "http://0.0.0.0/",
    "full-width digits": "http://１２７.０.０.１/",
    "circled digits": "http://①②⑦.⓪.⓪.①/",
    "ideographic dots": "http://127。0。0。1/",
    "private, ten": "http://10.0.0.1/",
    "private, 172": "http://172.31.255.255/",
    "private, 192": "http://192.168.1.1/admin",
    "private, hexadecimal": "http://0xc0a80101/",
    "provider": "http://100.64.0.1/",
    "link-local": "http://169.254.1.1/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata, decimal": "http://2852039166/",
    "metadata, hexadecimal": "http://0xa9fea9fe/",
    "metadata, Alibaba": "http://100.100.100.200/",
    "metadata, Azure": "http://168.63.129.16/",
    "metadata, Oracle": "http://192.0.0.192/",
    "metadata, IPv6": "http://[fd00:ec2::254]/",
    "metadata, mapped": "http://[::ffff:169.254.169.254]/",
    "metadata, by name": "http://metadata.google.internal/computeMetadata/v1/",
    "metadata, by short name": "http://metadata/computeMetadata/v1/",
    "metadata, by AWS's name": "http://instance-data/latest/",
    "documentation": "http://192.0.2.7/",
    "documentation, second": "http://198.51.100.7/",
    "documentation, third": "http://203.0.113.7/",
    "benchmarks": "http://198.19.0.1/",
    "multicast": "http://224.0.0.251/",
    "reserved": "http://240.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "six-to-four relay": "http://192.88.99.1/",
    "IPv6 loopback": "http://[::1]/",
    "IPv6 loopback, long": "http://[0:0:0:0:0:0:0:1]/",
    "IPv6 no machine": "http://[::]/",
    "IPv6 mapped": "http://[::ffff:127.0.0.1]/",
    "IPv6 mapped, hexadecimal": "http://[::ffff:7f00:1]/",
    "IPv6 mapped, a public one": "http://[::ffff:8.8.8.8]/",
    "IPv6 compatible": "http://[::127.0.0.1]/",
    "IPv6 unique local": "http://[fd12:3456::1]/",
    "IPv6 link-local": "http://[fe80::1]/",
    "IPv6 interface": "http://[fe80::1%25eth0]/",
    "IPv6 site-local": "http://[fec0::1]/",
    "IPv6 multicast": "http://[ff02::1]/",
    "IPv6 documentation": "http://[2001:db8::1]/",
    "IPv6 documentation, new": "http://[3fff::1]/",
    "IPv6 six-to-four": "http://[2002:7f00:1::]/",
    "IPv6 Teredo": "http://[2001:0:7f00:1::]/",
    "IPv6 translated loopback": "http://[64:ff9b::127.0.0.1]/",
    "IPv6 translated, local": "http://[64:ff9b:1::1]/",
    "IPv6 never given out": "http://[4000::1]/",
    "IPv6 of the future": "http://[v1.fe80]/",
    "localhost": "http://localhost/",
    "localhost, upper case": "http://LOCALHOST/",
    "localhost, a last dot": "http://localhost./",
    "localhost, full width": "http://ｌｏｃａｌｈｏｓｔ/",
    "below localhost": "http://app.localhost/",
    "localhost.localdomain": "http://localhost.localdomain/",
    "ip6-localhost": "http://ip6-localhost/",
    "mDNS": "http://printer.local/",
    "internal": "http://wiki.internal/",
    "a home": "http://router.home.arpa/",
    "Tor": "http://example.onion/",
    "user-info": "http://example.org@127.0.0.1/",
    "user-info and a password": "http://example.org:80@127.0.0.1/",
    "empty user-info": "http://@127.0.0.1/",
    "user-info before a public host": "http://user@example.org/",
    "two at signs": "http://a@b@example.org/",
    "a backslash": "http://example.org\\@127.0.0.1/",
    "backslashes for slashes": "http:\\\\127.0.0.1\\",
    "a tab": "http://127.0\t.0.1/",
    "a line end": "http://example.org/\r\nHost: 127.0.0.1",
    "leading white space": " http://example.org/",
    "a null": "http://example.org\x00.127.0.0.1/",
    "a control of C1": "http://example.org\x85/",
    "a bidi override": "http://example\u202e.org/",
    "an escaped host": "http://127%2e0%2e0%2e1/",
    "an escaped letter": "http://%6cocalhost/",
    "a zero-width space": "http://local\u200bhost/",
    "a soft hyphen": "http://local\u00adhost/",
    "an empty label": "http://example..org/",
    "a label of 64": f"http://{'a' * 64}.org/",
    "a name of 300": f"http://{'a.' * 150}org/",
    "mail's port": "http://example.org:25/",
    "the shell's port": "http://example.org:22/",
    "port 0": "http://example.org:0/",
    "no port at all": "http://example.org:65536/",
}

PUBLIC = [
    "http://example.org/",
    "https://example.org./",
    "http://example.org:8080/a?b=c#d",
    "https://EXAMPLE.org/خبر",
    "http://8.8.8.8/",
    "http://[2606:4700:4700::1111]/",
    "http://[64:ff9b::8.8.8.8]/",
    "https://نمونه.example/",
    "http://a_b.example.org/",
    "http://xn--mgbh0fb.example/",
    "http://1and1.example/",
    "http://example.org:443/",
]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(SourceId("note-1"), ("1",), tmp_path / "sources.yaml", Position(1, 1))


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of all hosts that any socket connects to from now on."""
    asked: list[str] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            asked.append(str(address[0]))
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    return asked


def _live(policy: Policy, **options: Any) -> LiveFetcher:
    return LiveFetcher(**{"timeout": 3.0, "delay": 0.0, "retries": 0, "policy": policy, **options})


def _refusal(policy: Policy, source: Source, address: str) -> FetchError:
    with closing(_live(policy)) as live, pytest.raises(FetchError) as caught:
        live.fetch(source, address)
    assert caught.value.failure is Failure.REFUSED, caught.value
    return caught.value


# --- spelling and names -----------------------------------------------------------------


def test_there_are_more_cases_than_the_floor_asks_for() -> None:
    assert len(set(REFUSED_BY_SPELLING.values())) >= 40


@pytest.mark.parametrize("way", REFUSED_BY_SPELLING)
def test_no_way_to_one_s_own_network_is_taken(
    way: str, source: Source, connections: list[str]
) -> None:
    error = _refusal(Policy(), source, REFUSED_BY_SPELLING[way])
    assert not connections
    assert 0 < len(str(error)) < 400


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_web_may_be_asked(address: str) -> None:
    assert Policy().check(address).url == address


@pytest.mark.parametrize(("network", "what"), SPECIAL)
def test_no_number_of_a_special_network_is_public(network: str, what: str) -> None:
    whole = ip_network(network)
    assert None not in {kind(whole[0]), kind(whole[1 % whole.num_addresses]), kind(whole[-1])}
    assert what in {kind(whole[0]), kind(whole[-1])}


def test_no_number_of_cloud_metadata_is_public() -> None:
    assert {kind(ip) for ip in METADATA} == {"an address of cloud metadata"}


def test_a_refusal_says_what_the_host_is_and_how_to_allow_it(source: Source) -> None:
    error = _refusal(Policy(), source, "http://192.168.1.7:8080/wiki")
    assert str(error) == "192.168.1.7 is a private address"
    assert error.hint == "where it is yours, allow it with --allow-private 192.168.1.7"
    error = _refusal(Policy(), source, "http://0x7f.1/")
    assert str(error) == "'0x7f.1' is an odd spelling of 127.0.0.1"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://раураl.example/in", "https://xn--l-7sba6dbr.example/in"),  # Cyrillic
        ("https://ايران.example/", "https://xn--mgba3a4fra.example/"),  # the Arabic ye
        ("https://ایران.example/", "https://xn--mgba3a4f16a.example/"),  # the Persian one
        ("http://EXAMPLE.org:80/A?b#C", "http://example.org/A?b#C"),
        ("http://[2606:4700:4700:0:0:0:0:1111]:81/", "http://[2606:4700:4700::1111]:81/"),
    ],
)
def test_a_host_is_shown_in_letters_that_cannot_pass_for_others(given: str, shown: str) -> None:
    assert Policy().check(given).shown == shown


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://раураl.example/in", "https://xn--l-7sba6dbr.example/in"),
        ("//ایران.example:8080/خبر", "http://xn--mgba3a4f16a.example:8080/خبر"),
        ("/خبر", "http://example.org/خبر"),
        ("https://not a host/", "https://not%20a%20host/"),
    ],
)
def test_a_redirect_is_recorded_with_its_host_in_ascii(location: str, shown: str) -> None:
    assert addresses.join("http://example.org/", location) == shown


# --- what a person allows ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "address"),
    [
        ("192.168.1.7", "http://192.168.1.7/"),
        ("192.168.0.0/16", "http://192.168.1.7:8080/"),
        ("[::1]", "http://[::1]/"),
        ("localhost", "http://localhost:9000/"),
        ("localhost", "http://LOCALHOST./"),
        ("127.0.0.1", "http://localhost/"),
        ("wiki.internal", "http://wiki.internal/"),
        ("10.0.0.0/8", "http://wiki.internal/"),
        ("169.254.169.254", "http://169.254.169.254/"),
    ],
)
def test_a_host_that_is_allowed_may_be_asked(allowed: str, address: str) -> None:
    assert Policy((allowed,)).check(address).url == address


@pytest.mark.parametrize(
    ("allowed", "address"),
    [
        ("192.168.1.7", "http://192.168.1.8/"),
        ("wiki.internal", "http://other.internal/"),
        ("internal", "http://wiki.internal/"),
        ("localhost", "http://127.0.0.1/"),
        # Secrets of the machine are not part of a network that somebody allows.
        ("169.254.0.0/16", "http://169.254.169.254/"),
        ("0.0.0.0/0", "http://100.100.100.200/"),
        # What is allowed does not become allowed in odd clothes.
        ("127.0.0.1", "http://0x7f.1/"),
        ("127.0.0.1", "http://[::ffff:127.0.0.1]/"),
        ("127.0.0.1", "http://user@127.0.0.1/"),
        ("127.0.0.1", "http://127.0.0.1:22/"),
    ],
)
def test_nothing_else_is_allowed_with_it(allowed: str, address: str, source: Source) -> None:
    _refusal(Policy((allowed,)), source, address)


# --- names, at the moment of connecting -------------------------------------------------


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "fe80::1%eth0",
     "::ffff:10.0.0.1", "64:ff9b::a00:1", "100.64.1.1", "0.0.0.0"],
)  # fmt: skip
def test_a_name_that_means_a_private_machine_is_refused_before_it_is_asked(
    number: str, source: Source, connections: list[str]
) -> None:
    policy = Policy(resolve=lambda *_: [number])
    error = _refusal(policy, source, "http://innocent.example/")
    assert not connections
    assert str(error).startswith("innocent.example (")


def test_of_a_name_s_numbers_only_the_public_ones_are_asked() -> None:
    policy = Policy(resolve=lambda *_: ["10.0.0.1", "8.8.8.8", "::1", "8.8.8.8"])
    assert policy.numbers("mixed.example", 80) == [ip_address("8.8.8.8")]


@pytest.mark.parametrize(
    "number",
    ["169.254.169.254", "::ffff:169.254.169.254", "::ffff:0:a9fe:a9fe", "64:ff9b::a9fe:a9fe",
     "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1", "::a9fe:a9fe", "2001:0:a9fe:a9fe::",
     "2001:0:808:808::5601:5601", "fd00:ec2::254"],
)  # fmt: skip
def test_a_name_that_is_allowed_leads_to_no_metadata_in_whatever_clothes(number: str) -> None:
    for allowed in (("intra.example.org",), ("::/0", "0.0.0.0/0")):
        with pytest.raises(FetchError, match="cloud metadata"):
            Policy(allowed, resolve=lambda *_: [number]).numbers("intra.example.org", 80)


def test_metadata_is_allowed_by_naming_the_very_number() -> None:
    for number in ("169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"):
        policy = Policy((number,), resolve=lambda *_, found=number: [found])
        assert policy.numbers("intra.example.org", 80) == [ip_address(number)]


def test_a_name_of_a_thousand_numbers_is_tried_at_a_few(source: Source) -> None:
    numbers = [f"127.1.{n // 250}.{n % 250 + 1}" for n in range(1_000)]
    policy = Policy(("127.0.0.0/8",), resolve=lambda *_: numbers)
    assert len(policy.numbers("many.example", 80)) == 4
    with closing(_live(policy)) as live, pytest.raises(FetchError) as caught:
        live.fetch(source, "http://many.example:65001/")
    assert caught.value.failure is Failure.UNREACHABLE


def test_a_name_that_changes_its_mind_gains_nothing(source: Source, connections: list[str]) -> None:
    """Between the look and the connection there is no second look-up that could lie."""
    looked_up = []

    def rebinding(host: str, port: int) -> list[str]:
        looked_up.append((host, port))
        return ["127.0.0.2"] if len(looked_up) % 2 else ["127.0.0.1"]

    with web.Server() as secret:
        listening = socket.create_server(("127.0.0.2", secret.port))
        answers = threading.Thread(target=_answer_once, args=(listening,), daemon=True)
        answers.start()
        policy = Policy(("127.0.0.2",), resolve=rebinding)
        with closing(_live(policy)) as live, closing(listening):
            address = f"http://rebinding.example:{secret.port}/ok"
            assert live.fetch(source, address).body == b"harmless"
            with pytest.raises(FetchError) as caught:
                live.fetch(source, address)
        assert caught.value.failure is Failure.REFUSED
        assert not secret.log.requests
    assert connections == ["127.0.0.2"]
    assert len(looked_up) == 2


def _answer_once(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with closing(connection):
        connection.recv(10_000)
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nharmless"
        )


def test_name_servers_that_never_answer_are_not_waited_for(source: Source) -> None:
    def slow(*_: object) -> list[str]:
        time.sleep(8)
        return ["127.0.0.1"]

    with closing(_live(Policy(resolve=slow), timeout=0.5)) as live:
        began = time.monotonic()
        with pytest.raises(FetchError) as caught:
            live.fetch(source, "http://slow.example/")
    assert caught.value.failure is Failure.TIMEOUT
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize("code", [socket.EAI_AGAIN, socket.EAI_SYSTEM])
def test_a_name_that_could_not_be_looked_up_is_our_own_trouble(code: int, source: Source) -> None:
    def silent(*_: object) -> list[str]:
        raise socket.gaierror(code, "Temporary failure in name resolution")

    with closing(_live(Policy(resolve=silent))) as live, pytest.raises(FetchError) as caught:
        live.fetch(source, "http://somebody.example/")
    assert caught.value.failure is Failure.NO_NETWORK
    assert "could not be looked up" in str(caught.value)


def test_a_machine_without_a_way_out_calls_no_page_dead(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_way(self: socket.socket, address: object) -> None:  # noqa: ARG001
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", no_way)
    policy = Policy(resolve=lambda *_: ["8.8.8.8"])
    with closing(_live(policy)) as live, pytest.raises(FetchError) as caught:
        live.fetch(source, "http://somebody.example/")
    assert caught.value.failure is Failure.NO_NETWORK
    assert str(caught.value) == "this machine has no way to it (network is unreachable)"


def test_a_name_that_nobody_knows_is_unreachable_and_not_refused(source: Source) -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with closing(_live(Policy(resolve=unknown))) as live, pytest.raises(FetchError) as caught:
        live.fetch(source, "http://nobody.example/")
    assert caught.value.failure is Failure.UNREACHABLE
    assert "no such host" in str(caught.value)


# --- redirects --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.3/", "http://[::1]/",
     "//169.254.169.254/", "http://2852039166/", "http://metadata.google.internal/",
     "http://10.1.2.3:8080/"],
)  # fmt: skip
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_machine_is_refused_before_it_is_asked(
    where: str, code: int, source: Source, connections: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(web.PAGES, "/elsewhere", web.redirect(where, code))
    with web.Server() as server:
        error = _refusal(web.LOOPBACK, source, server.url("/elsewhere"))
    assert set(connections) == {"127.0.0.1"}
    assert len(error.redirects) == 1


# --- the connection itself --------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the key and the certificate of a host called `secure.example`."""
    file = tmp_path_factory.mktemp("tls") / "secure.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=secure.example", "-addext", "subjectAltName=DNS:secure.example"]
    made = subprocess.run(
        [*command, "-keyout", str(file), "-out", "-"], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("needs openssl")
    file.write_bytes(file.read_bytes() + made.stdout)
    return file


@pytest.fixture
def secure(certificate: Path) -> Iterator[tuple[web.Server, list[str]]]:
    """Yield a server that speaks TLS, and the names that clients asked it for."""
    names: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _, name, __: names.append(name)
    with web.Server(tls=context) as server:
        yield server, names


def test_tls_and_the_host_header_keep_the_name(
    secure: tuple[web.Server, list[str]], certificate: Path, source: Source,
    connections: list[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    server, names = secure
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    policy = Policy(("secure.example",), resolve=lambda *_: ["127.0.0.1"])
    with closing(_live(policy)) as live:
        snapshot = live.fetch(source, f"https://secure.example:{server.port}/ok")
    assert snapshot.body == web.UTF8
    assert names == ["secure.example"]
    assert server.log.requests[0].headers["Host"] == f"secure.example:{server.port}"
    assert connections == ["127.0.0.1"]


def test_a_certificate_for_another_name_ends_the_fetch(
    secure: tuple[web.Server, list[str]], certificate: Path, source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    server, _ = secure
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    policy = Policy(("127.0.0.1",), resolve=lambda *_: ["127.0.0.1"])
    with closing(_live(policy)) as live, pytest.raises(FetchError) as caught:
        live.fetch(source, f"https://another.example:{server.port}/ok")
    assert caught.value.failure is Failure.UNREACHABLE
    assert str(caught.value).startswith("TLS failed")
    assert not server.log.requests


# --- proxies ----------------------------------------------------------------------------


class Proxy(BaseHTTPRequestHandler):
    """Answers every request itself, and notes what it was asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(407 if self.path.endswith("/password") else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"proxy")

    def do_CONNECT(self) -> None:
        self.asked.append(f"CONNECT {self.path}")
        self.send_error(403)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Keep the test's output clean."""


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Set up a proxy as people do, and yield what it is asked for."""
    asked: list[str] = []
    handler = type("NotingProxy", (Proxy,), {"asked": asked})
    server = web.QuietServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("no_proxy", "direct.example")
    yield asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_proxy_of_one_s_own_may_be_a_private_machine(proxy: list[str], source: Source) -> None:
    with closing(_live(Policy(resolve=lambda *_: ["8.8.8.8"]))) as live:
        assert live.fetch(source, "http://public.example/page").body == b"proxy"
    assert proxy == ["http://public.example/page"]


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/", "https://10.0.0.1/", "http://localhost/", "http://inside.example/",
     "https://inside.example/", "http://0x7f.1/"],
)  # fmt: skip
def test_a_proxy_is_never_asked_for_what_we_may_not_ask(
    address: str, proxy: list[str], source: Source
) -> None:
    _refusal(Policy(resolve=lambda *_: ["10.0.0.1"]), source, address)
    assert not proxy


def test_a_proxy_is_asked_for_no_name_that_has_a_private_number_too(
    proxy: list[str], source: Source
) -> None:
    policy = Policy(resolve=lambda *_: ["8.8.8.8", "10.0.0.1"])
    assert "10.0.0.1" in str(_refusal(policy, source, "http://mixed.example/"))
    assert not proxy


@pytest.mark.usefixtures("proxy")
def test_behind_a_proxy_names_need_not_be_known_here(source: Source) -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with closing(_live(Policy(resolve=unknown))) as live:
        assert live.fetch(source, "http://public.example/").body == b"proxy"


def test_a_host_that_needs_no_proxy_is_looked_at_when_it_is_connected_to(
    proxy: list[str], source: Source
) -> None:
    _refusal(Policy(resolve=lambda *_: ["127.0.0.1"]), source, "http://direct.example/")
    assert not proxy


def test_a_proxy_that_refuses_is_no_dead_page(proxy: list[str], source: Source) -> None:
    policy = Policy(resolve=lambda *_: ["8.8.8.8"])
    with closing(_live(policy)) as live, pytest.raises(FetchError) as caught:
        live.fetch(source, "https://public.example/")
    assert proxy == ["CONNECT public.example:443"]
    assert caught.value.failure is Failure.NO_NETWORK


def test_a_proxy_that_is_not_there_is_no_dead_page(
    monkeypatch: pytest.MonkeyPatch, source: Source
) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{taken.getsockname()[1]}")
        policy = Policy(resolve=lambda *_: ["8.8.8.8"])
        with closing(_live(policy)) as live, pytest.raises(FetchError) as caught:
            live.fetch(source, "http://public.example/")
    assert caught.value.failure is Failure.NO_NETWORK
    assert str(caught.value).startswith("the proxy failed")


def test_a_proxy_that_asks_for_a_password_is_no_blocked_page(
    proxy: list[str], source: Source
) -> None:
    policy = Policy(resolve=lambda *_: ["8.8.8.8"])
    with closing(_live(policy)) as live, pytest.raises(FetchError) as caught:
        live.fetch(source, "http://public.example/password")
    assert proxy == ["http://public.example/password"]
    assert caught.value.failure is Failure.NO_NETWORK
    assert "HTTP_PROXY" in str(caught.value.hint)


@pytest.mark.parametrize("kind", ["socks5", "socks5h", "SOCKS4", "ftp"])
def test_a_proxy_of_another_kind_is_refused_by_its_name(
    kind: str, monkeypatch: pytest.MonkeyPatch, source: Source, connections: list[str]
) -> None:
    monkeypatch.setenv("http_proxy", f"{kind}://somebody:secret@127.0.0.1:1080")
    policy = Policy(resolve=lambda *_: ["8.8.8.8"])
    with closing(_live(policy)) as live, pytest.raises(FetchError) as caught:
        live.fetch(source, "http://public.example/")
    assert caught.value.failure is Failure.NO_NETWORK
    assert f"'{kind}' cannot be used" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "HTTP_PROXY" in str(caught.value.hint)
    assert not connections


# --- one reading of an address ----------------------------------------------------------


@pytest.mark.parametrize("address", [*PUBLIC, *REFUSED_BY_SPELLING.values()])
def test_what_we_read_as_the_host_is_what_requests_would_ask(address: str) -> None:
    """Two readings of one address are how filters are passed."""
    import requests
    from urllib3.util import parse_url

    try:
        ours = addresses.check(address)
        prepared = requests.Request("GET", address).prepare().url
    except (FetchError, requests.exceptions.RequestException):
        return
    theirs = parse_url(str(prepared))
    assert (theirs.host or "").strip("[]").rstrip(".") in {ours.host, str(ours.parts.hostname)}
    assert (theirs.port or addresses.PORTS[ours.scheme]) == ours.port
