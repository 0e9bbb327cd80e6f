import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.pii.link import Links, Place

OUTSIDE, ALLOWED, FORBIDDEN = Place.OUTSIDE, Place.ALLOWED, Place.FORBIDDEN
HOSTS = frozenset({"intra.example"})


def _place(text: str, *, json: bool = False) -> Place:
    links = Links(HOSTS, json=json)
    links.read(text)
    return links.place


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://evil.example/?q=",
        "[x](https://evil.example/",
        "[x](<https://evil.example/a b ",
        "[x]: https://evil.example/",
        "[x]: <https://evil.example/a b",
        "https://evil.example/(a)/",
        "[x](https://evil.example/(a)/",
        r"[x](https://evil.example/a\)",
        "<https://evil.example/",
        "see www.evil.example/",
        "HTTPS://evil.example/",
        "wss://evil.example/",
        "x+y://evil.example/",
        "//evil.example/",
        "https:evil.example/",
        r"https:\\evil.example/",
        r"\\evil.example\share\\",
        "https://intra.example.evil.example/",
        "https://evil.example/intra.example/",
        "https://intra.example@evil.example/",
        "https://user:x@intra.example/",
        "https://intra.example",
        "https://notintra.example/",
        "ftp://intra.example/",
        "//intra.example/",
        r"https:\\intra.example/",
        '"https://evil.example/',
        # Markdown: escapes, spaces that end no target, brackets that are escaped, decoys.
        r"![x](https\:\/\/evil.example/?q=",
        r"![x]( \/\/evil.example/?q=",
        "[r]: /\\/evil.example/?q=",
        "![x](https://evil.example/?q=\u00a0",
        "![x](https://evil.example/?q=\u3000",
        "![x](<https://evil.example/?q=\t",
        r"![x](<https://evil.example/?q=\>",
        "![x](     <https://evil.example/?q= ",
        "> [r]:\n> <https://evil.example/?q= ",
        "[r]: https://evil.example/?q=<.",
        "//![x](https://evil.example/?q=<.",
        "www.![x](<https://evil.example/?q= ",
        "(https://evil.example/?q=)",
        # HTML and CSS.
        r'<img src="\\evil.example/',
        '<img src="https://evil.example/?q= \n',
        "<img src = 'https://evil.example/?q=\"",
        "<img src=https://evil.example/?q=\"'",
        '<img src="https&colon;//evil.example/',
        '<img src="&#104;ttps&#58;&#47;&#47;evil.example/',
        '<img src="&#x68;ttps:',
        '<img src="&#00000000000104;ttps:',
        '<img src="&#x2f;&sol;evil.example/',
        '<img src=" https://evil.example/?q= ',
        '<img src="/&Tab;/evil.example/?q=',
        '<img src="/\t/evil.example/?q=',
        '<img src=" &bsol;/evil.example/?q=',
        '<img src="h&#116;tp:evil.example/?q=',
        '<img src="ht&NewLine;tp:evil.example/?q=',
        '<img src="ht\ntp:evil.example/?q=',
        '<img srcset="https://intra.example/a 1x, https://evil.example/?q=',
        '<img alt=">" src="https://evil.example/ ',
        '<iframe src="https://evil.example/" name="',
        '<meta http-equiv=refresh content="0;url=https://evil.example/?q= ',
        '<base href="https://evil.example/"><img src="/?q=',
        '<base href="/x"> ![x](',
        "<script>fetch('https://evil.example/?q=' + '",
        "<style>a{background:url('https://evil.example/?q= ",
        "background:url(//evil.example/",
        "url('https://evil.example/?q= ",
        '@import "https://evil.example/?q= ',
        r"<style>a{background:url(\2f\2f evil.example/?q=",
        # One allowed host opens no other.
        'x="https://intra.example/ ![x](https://evil.example/?q=',
        "https://intra.example/![x](https://evil.example/?q=",
        "https://intra.example/,https://evil.example/?q=",
        "https://intra.example/,www.evil.example/?q=",
    ],
)
def test_in_an_address_nothing_may_stand(text: str) -> None:
    assert _place(text) is FORBIDDEN
    assert _place("Well, " + text) is FORBIDDEN
    assert _place("Well, <b>see</b> [this](/x) and 'that'.\n" + text) is FORBIDDEN


@pytest.mark.parametrize(
    "text",
    [
        "https://intra.example/",
        "https://crm.intra.example/?name=",
        "[x](http://INTRA.example:8443/a?b=",
        '<a href="https://intra.example#',
    ],
)
def test_an_address_on_a_host_that_is_allowed_is_known(text: str) -> None:
    assert _place(text) is ALLOWED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear ",
        "https://evil.example/ ",
        "see https://evil.example.\n",
        "[x](https://evil.example/) ",
        "[x](https://evil.example/(a)), ",
        "(https://evil.example/) ",
        "<https://evil.example/>, ",
        "[x](<https://evil.example/a b>) ",
        '<img src="https://evil.example/?q= "> ',
        "<img src='https://evil.example/?q= '> ",
        '"https://evil.example/" ',
        "'https://evil.example/' ",
        "<b>https://evil.example/</b> ",
        "<style>a{background:url(//evil.example/)}</style> ",
        '<base href="/x"> and ',
        "// ",
        "mailto:",
        "tel:",
        "/files/",
        "[x](/files/",
        "<img src='/files/",
        "and/or ",
        "Note: ",
        "a < b and ",
        "https",
        "&#1042;",
        "&#x682;",
        "C:\\Users\\x\\",
        "1/2/",
    ],
)
def test_outside_of_addresses_everything_may_stand(text: str) -> None:
    assert _place(text) is OUTSIDE


@pytest.mark.parametrize(
    "text,expected",
    [
        ('{"url":"https://evil.example/? ', FORBIDDEN),
        ('{"url":" https://evil.example/? ', FORBIDDEN),
        ('{"url":"\\u0068ttps://evil.example/? ', FORBIDDEN),
        ('{"url":"ht\\u0074ps:evil.example', FORBIDDEN),
        ('{"url":"\\u0077ww.evil.example', FORBIDDEN),
        ('{"url":"evil.example/', FORBIDDEN),
        (r'{"url":"https:\/\/evil.example\/', FORBIDDEN),
        (r'{"url":"https\u003a\u002f\u002fevil.example\u002f', FORBIDDEN),
        (r'{"url":"https://evil.example/\\\"', FORBIDDEN),
        (r'{"html":"<img src=\"https://evil.example/ ', FORBIDDEN),
        (r'{"html":"<img src=\"https://evil.example/ \"> ', OUTSIDE),
        (r'{"a":"![x](https://evil.example/?q=\\)', FORBIDDEN),
        (r'{"a":"![x](https\\:\\/\\/evil.example/?q=', FORBIDDEN),
        (r'{"url":"https:\/\/intra.example\/', ALLOWED),
        ('{"url":"https://intra.example/,https://evil.example/', FORBIDDEN),
        ('{"url":"https://evil.example/","name":"', OUTSIDE),
        (r'{"url":"https://evil.example/\\","name":"', OUTSIDE),
        ('{"text":"see https://evil.example/ and ', OUTSIDE),
        (r'{"text":"see https://evil.example/\n', OUTSIDE),
        (r'{"text":"see https://evil.example/\\n', FORBIDDEN),
        (r'{"url":"intra.example\/', ALLOWED),
        (r'{"text":"[x](<https://evil.example/ ', FORBIDDEN),
        (r'{"path":"C:\\Users\\', OUTSIDE),
        ('{"broken":"\\ud800 https://evil.example/', FORBIDDEN),
        ("{", OUTSIDE),
        ('"', OUTSIDE),
    ],
)
def test_in_json_an_address_is_read_as_it_is_meant(text: str, expected: Place) -> None:
    assert _place(text, json=True) is expected


def test_a_long_address_is_read_to_its_end() -> None:
    assert _place("https://evil.example/" + "a" * 100_000) is FORBIDDEN
    assert _place("https://intra.example/" + "a" * 10_000) is ALLOWED
    assert _place("https://intra.example/" + "a" * 100_000) is FORBIDDEN
    assert _place("https://intra.example/" + "a" * 100_000 + " ") is OUTSIDE


def test_a_reply_without_any_address_is_outside_however_long_it_is() -> None:
    assert _place("a" * 100_000) is OUTSIDE


_texts = st.lists(
    st.sampled_from(
        [
            *" \n\\\"'<>()=/:#&.;a",
            "https:",
            "//",
            "https://intra.example/",
            "https://evil.example",
            "www.",
            "](",
            "]:",
            "<img src=",
            "<base ",
            "<style>",
            "&#104",
            "&#x2f;",
            "\\u002f",
            "\\n",
            "name",
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(_texts, st.booleans())
def test_a_cut_at_any_place_makes_no_difference(text: str, json: bool) -> None:  # noqa: FBT001  # drawn
    whole = _place(text, json=json)

    for cut in range(len(text) + 1):
        links = Links(HOSTS, json=json)
        links.read(text[:cut])
        links.read(text[cut:])
        assert links.place is whole
    signs = Links(HOSTS, json=json)
    for sign in text:
        signs.read(sign)
    assert signs.place is whole
