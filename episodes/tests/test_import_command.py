"""import_transcripts: files, folders and addresses; what it says and how it ends."""

from __future__ import annotations

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command

from episodes import imports
from episodes.models import Episode, ImportRun, Source
from episodes.tests.factories import transcript
from episodes.tests.tables import rows
from episodes.transcripts.decoding import MAX_BYTES

pytestmark = pytest.mark.django_db

VIDEO = "https://www.youtube.com/watch?v=aB3-_5678_x"


def run(*arguments):
    """Exit status, lines of stdout, lines of stderr."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        call_command("import_transcripts", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stop:
        status = stop.code
    except CommandError as error:
        status = error.returncode
        err.write(str(error))
    return status, out.getvalue().splitlines(), err.getvalue().splitlines()


def objects(lines):
    return [json.loads(line) for line in lines]


@pytest.fixture
def folder(tmp_path):
    """A folder with two transcripts, one of them below, and what is none."""
    found = tmp_path / "texts"
    (found / "more").mkdir(parents=True)
    (found / ".git").mkdir()
    (found / "b.md").write_text(transcript(title="B"))
    (found / "more" / "a.markdown").write_text(transcript(title="A"))
    (found / "notes.txt").write_text("no transcript")
    (found / ".git" / "c.md").write_text(transcript(title="C"))
    return found


@pytest.fixture
def server():
    """A web server of this machine that serves ``bodies`` by path."""
    bodies: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = bodies.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}", bodies
        found.shutdown()
        thread.join()


def test_one_file_is_known_by_its_name_wherever_it_lies(tmp_path):
    file = tmp_path / "ports.md"
    file.write_text(transcript())
    status, out, err = run(file, "--json")
    (line,) = objects(out)
    assert (status, err) == (0, [])
    assert list(line) == ["path", "slug", "outcome", "counts", "diagnostics", "message"]
    assert (line["path"], line["slug"], line["outcome"], line["message"]) == (
        str(file),
        "ports",
        "created",
        "",
    )
    assert (line["counts"]["turns"], line["diagnostics"]) == (3, [])
    assert Source.objects.get().address == "ports.md"
    assert objects(run(file, "--json")[1])[0]["outcome"] == "unchanged"


def test_diagnostics_are_given_with_line_code_message_and_severity(tmp_path):
    file = tmp_path / "ports.md"
    file.write_text(transcript(source="https://youtu.be/short"))
    (line,) = objects(run(file, "--json")[1])
    (remark,) = line["diagnostics"]
    assert list(remark) == ["line", "code", "message", "severity"]
    assert (remark["line"], remark["code"], remark["severity"]) == (
        0,
        "recording_id_broken",
        "warning",
    )


def test_a_folder_is_walked_in_order_and_its_files_known_by_their_paths_below_it(folder):
    status, out, err = run(folder, "--json")
    assert (status, err) == (0, [])
    assert [(line["path"], line["slug"]) for line in objects(out)] == [
        (str(folder / "b.md"), "b"),
        (str(folder / "more" / "a.markdown"), "a"),
    ]
    assert sorted(Source.objects.values_list("address", "folder")) == [
        ("b.md", "texts"),
        ("more/a.markdown", "texts"),
    ]


def test_a_base_url_makes_the_addresses_web_addresses(folder):
    (folder / "more" / "港 口.md").write_text(transcript(title="D"))
    run(folder, "--base-url", "https://Example.com/raw")
    assert sorted(Source.objects.values_list("address", flat=True)) == [
        "https://example.com/raw/b.md",
        "https://example.com/raw/more/%E6%B8%AF%20%E5%8F%A3.md",
        "https://example.com/raw/more/a.markdown",
    ]
    outcomes = {
        line["outcome"]
        for line in objects(run(folder, "--base-url", "https://example.com/raw/", "--json")[1])
    }
    assert outcomes == {"unchanged"}


def test_it_goes_on_after_a_bad_file_and_says_at_the_end_which_and_why(folder, tmp_path):
    (folder / "a.md").write_bytes(b"")
    (folder / "same.md").write_text(transcript(title="S", source=VIDEO))
    (folder / "twin.md").write_text(transcript(title="T", source=VIDEO))
    missing = tmp_path / "missing.md"
    status, out, err = run(missing, folder)
    assert status == 1
    assert err == []
    assert [line.split(":")[0] for line in out] == [
        "created",
        "created",
        "created",
        "failed",
        "failed",
        "held",
        "3 created, 1 held, 2 failed",
    ]
    assert out[3] == f"failed: {missing}: There is no file or folder “{missing}”."
    assert out[4] == f"failed: {folder / 'a.md'}: The file is empty."
    assert "--as same" in out[5]
    assert Episode.objects.count() == 3


def test_with_json_the_reasons_stand_in_each_line_and_on_stderr(tmp_path):
    missing = tmp_path / "missing.md"
    status, out, err = run(missing, "--json")
    (line,) = objects(out)
    assert (status, line["outcome"], line["slug"]) == (1, "failed", "")
    assert line["message"] == f"There is no file or folder “{missing}”."
    assert err == [f"failed: {missing}: {line['message']}"]


def test_an_unforeseen_trouble_with_one_document_does_not_stop_the_others(
    folder, monkeypatch, caplog
):
    whole = imports.import_document

    def breaks(incoming, **options):
        if incoming.name == "b.md":
            raise RuntimeError("out of paper")
        return whole(incoming, **options)

    monkeypatch.setattr(imports, "import_document", breaks)
    status, out, _err = run(folder, "--json")
    assert (status, [line["outcome"] for line in objects(out)]) == (1, ["failed", "created"])
    assert "out of paper" in objects(out)[0]["message"]
    assert "could not be imported" in caplog.text


def test_files_that_vanished_are_reported_and_their_episodes_stay(folder):
    run(folder)
    (folder / "b.md").unlink()
    status, out, _err = run(folder)
    assert status == 0
    assert "vanished: b.md: the file is gone; the episode “b” stays." in out
    assert Episode.objects.count() == 2


def test_a_dry_run_writes_nothing_and_says_what_would_happen(folder):
    (folder / "bad.md").write_bytes(b"")
    before = rows()
    status, out, _err = run(folder, "--dry-run", "--json")
    assert status == 1
    assert [(line["outcome"], line["slug"]) for line in objects(out)] == [
        ("created", "b"),
        ("failed", ""),
        ("created", "a"),
    ]
    assert rows() == before


def test_as_says_which_episode_a_held_document_is(tmp_path):
    one, two, three = (tmp_path / f"{name}.md" for name in ("one", "two", "three"))
    one.write_text(transcript(source=VIDEO))
    two.write_text(transcript(source=VIDEO, title="Two"))
    three.write_text(transcript(source=VIDEO, title="Three"))
    run(one)
    assert run(two)[0] == 1
    assert objects(run(two, "--as", "new", "--json")[1])[0]["slug"] == "two"
    (line,) = objects(run(three, "--as", "one", "--json")[1])
    assert (line["outcome"], line["slug"]) == ("updated", "one")
    status, out, _err = run(three, "--as", "nobody")
    assert (status, out) == (1, [f"failed: {three}: There is no episode “nobody”."])


def test_wrong_usage_ends_with_2(folder):
    assert run(folder, "--as", "new")[0] == 2
    assert run(folder, "--base-url", "ftp://example.com")[0] == 2
    with pytest.raises(CommandError):
        call_command("import_transcripts")
    assert ImportRun.objects.count() == 0


def test_an_address_is_fetched_by_the_guarded_fetch(server, settings):
    url, bodies = server
    bodies["/ports.md"] = transcript().encode()
    status, out, _err = run(f"{url}/ports.md", "--json")
    (line,) = objects(out)
    assert (status, line["outcome"]) == (1, "failed")
    assert "127.0.0.1" in line["message"]
    settings.SOURCE_ALLOWED_HOSTS = ["127.0.0.1"]
    status, out, _err = run(f"{url}/ports.md", f"{url}/missing.md", "--json")
    assert status == 1
    assert [(line["path"], line["slug"], line["outcome"]) for line in objects(out)] == [
        (f"{url}/ports.md", "ports", "created"),
        (f"{url}/missing.md", "", "failed"),
    ]
    assert Source.objects.get().address == f"{url}/ports.md"


def test_a_web_page_is_refused(server, settings):
    settings.SOURCE_ALLOWED_HOSTS = ["127.0.0.1"]
    url, bodies = server
    bodies["/"] = b"<!doctype html><html><body>Hello</body></html>"
    (line,) = objects(run(f"{url}/", "--json")[1])
    assert (line["outcome"], Episode.objects.count()) == ("failed", 0)


def test_an_overlarge_file_is_refused(tmp_path):
    file = tmp_path / "large.md"
    with file.open("wb") as opened:
        opened.truncate(MAX_BYTES + 1)
    assert run(file)[1] == [f"failed: {file}: It is larger than {MAX_BYTES // 1_000_000} MB."]


def test_an_empty_folder_says_so(tmp_path):
    assert run(tmp_path) == (0, ["No documents found."], [])


def test_another_scheme_is_refused_as_an_address_not_sought_as_a_file():
    status, out, _err = run("ftp://media.example/talk.md", "--json")
    assert status == 1
    assert objects(out)[0]["outcome"] == "failed"
    assert "http" in objects(out)[0]["message"]
    assert not Episode.objects.exists()
