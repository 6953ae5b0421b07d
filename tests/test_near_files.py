"""A file that is not there: the nearest one is suggested."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc.spec.files import CannotRead
from cnncalc.spec.load import load


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lenet.yml", "did you mean `lenet.yaml`"),
        ("lnet.yaml", "did you mean `lenet.yaml`"),
        ("nets/lenet.yaml", "there is no folder"),
        ("self.yaml", "is a link that leads nowhere"),
        ("link.yaml", "is a link that leads nowhere"),
    ],
)
def test_near_file(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "lenet.yaml").write_text("input: 8\nlayers: [relu]\n", encoding="utf-8")
    (tmp_path / "self.yaml").symlink_to("self.yaml")
    (tmp_path / "link.yaml").symlink_to("nowhere.yaml")
    with pytest.raises(CannotRead, match=words):
        load(str(tmp_path / name))
