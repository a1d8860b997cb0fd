import shutil

import pytest

from edge.ops.doctor.player import check_player

MPV = shutil.which("mpv")


@pytest.mark.system
@pytest.mark.skipif(MPV is None, reason="not applicable: mpv is not installed")
def test_a_missing_decoder_of_songs_has_a_fix(tmp_path, monkeypatch):
    configuration = tmp_path / "moodpi.toml"
    configuration.write_text(f'[player]\nkind = "mpv"\nmusic = ["{tmp_path}"]\n')
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "mpv").symlink_to(str(MPV))
    monkeypatch.setenv("MOODPI_CONFIG", str(configuration))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(programs))
    (analysis,) = (result for result in check_player() if result.subject == "analysis")
    assert analysis.status == "missing"
    assert "ffmpeg" in analysis.fix
