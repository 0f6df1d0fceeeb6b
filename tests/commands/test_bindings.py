"""`sproutcast bindings` replaces what it wrote, and nothing else."""

from sproutcast_pi.cli import run


def test_bindings_replace_bindings_and_nothing_of_the_owners(tmp_path, capsys):
    assert run(["bindings", "typescript", str(tmp_path)]) == 0
    written = (tmp_path / "index.ts").read_text()
    assert "create_plant" in written
    (tmp_path / "index.ts").write_text(written[:200])
    assert run(["bindings", "typescript", str(tmp_path)]) == 0
    assert (tmp_path / "index.ts").read_text() == written
    (tmp_path / "index.ts").write_text("export const mine = 1;")
    assert run(["bindings", "typescript", str(tmp_path)]) == 1
    assert "index.ts" in capsys.readouterr().err
    assert (tmp_path / "index.ts").read_text() == "export const mine = 1;"
    assert [path.name for path in tmp_path.iterdir()] == ["index.ts"]
