import json

from kfit_teach.cli import main

SMALL = ["--images", "synthetic", "--image-size", "16", "--sizes", "4", "2", "--quiet"]


def test_a_demonstration_from_the_shell(capsys, tmp_path):
    files = ["--json", str(tmp_path / "shown.json"), "--plot", str(tmp_path / "shown.png")]
    assert main(["demonstrate", "call_times", *SMALL, *files]) == 0
    assert "synthetic stand-in images" in capsys.readouterr().out
    told = json.loads((tmp_path / "shown.json").read_text())
    assert [piece["images"] for piece in told["runs"][0]["pieces"]] == [4, 2]
    assert (tmp_path / "shown.png").read_bytes().startswith(b"\x89PNG")


def test_bad_input_is_one_sentence_before_anything_runs(capsys, tmp_path):
    missing = tmp_path / "missing" / "shown.json"
    assert main(["demonstrate", "call_times", *SMALL, "--json", str(missing)]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert main(["demonstrate", "call_times", "--sizes", "0"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("kfit-teach: sizes is 0, but it must be") and told.count("\n") == 1
