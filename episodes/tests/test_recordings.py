"""Which recording an address names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.recordings import identify

ID = "aB3-_5678_x"


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.youtube.com/watch?v={ID}",
        f"http://youtube.com/watch?v={ID}",
        f"https://m.youtube.com/watch?app=desktop&v={ID}&t=12s",
        f"https://music.youtube.com/watch?v={ID}&list=PL1",
        f"HTTPS://WWW.YouTube.COM/watch?v={ID}",
        f"https://youtu.be/{ID}?si=abc",
        f"youtu.be/{ID}",
        f"//www.youtube.com/watch?v={ID}#t=3",
        f"https://www.youtube.com/shorts/{ID}",
        f"https://www.youtube.com/embed/{ID}?start=3",
        f"https://www.youtube-nocookie.com/embed/{ID}",
        f"https://www.youtube.com/live/{ID}?feature=share",
        f"https://www.youtube.com/v/{ID}",
        f"  https://www.youtube.com/watch/{ID}  ",
    ],
)
def test_every_form_of_a_videos_address_is_one_recording(address):
    found = identify(address)
    assert (found.identity, found.diagnostic) == (f"youtube:{ID}", None)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=aB3-_56",
        f"https://youtu.be/{ID}y",
        "https://www.youtube.com/shorts/aB3",
        "https://www.youtube.com/watch?v=",
        "https://youtu.be/aB3 _5678_x",
    ],
)
def test_an_id_cut_short_names_nothing_and_is_reported(address):
    found = identify(address)
    assert found.identity == ""
    assert found.diagnostic.code == "recording_id_broken"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://example.com/watch?v=aB3-_5678_x",
        "https://www.youtube.com/",
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com/embed/videoseries?list=PL1",
        "https://youtube.com.example.org/watch?v=aB3-_5678_x",
        "ftp://youtu.be/aB3-_5678_x",
        "https://[bad",
        "Unknown",
    ],
)
def test_what_names_no_video_is_no_recording_and_no_trouble(address):
    found = identify(address)
    assert (found.identity, found.diagnostic) == ("", None)


@given(st.text())
def test_no_address_breaks_it(text):
    identify(text)
    identify(f"https://www.youtube.com/watch?v={text}")
