"""The daemon's side: requests are written where there is a privileged helper, and refused where there is none."""

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.services.appliance.device_control import DeviceControl, HelperFiles
from sproutcast_pi.services.appliance.helper_protocol import Check, Install, Reset, RollBack, read_request


def appliance(desk, intents=None, asked=None):
    return DeviceControl(
        desk,
        url="https://example.org/new.sproutcast",
        intend=(intents if intents is not None else []).append,
        leave_safe_mode=lambda: None,
        asked=lambda: asked.append(1) if asked is not None else None,
    )


def test_an_order_waits_for_the_deputy_and_only_one_at_a_time(tmp_path):
    desk = HelperFiles(request_path=tmp_path / "order.json", status_folder=tmp_path)
    intents, asked = [], []
    one = appliance(desk, intents, asked)
    one.check_for_update()
    assert desk.request_pending()
    assert intents == []
    with pytest.raises(RefusedError, match="busy"):
        one.factory_reset(True)
    assert read_request(desk.request_path) == Check(url="https://example.org/new.sproutcast")
    one.factory_reset(True)
    assert read_request(desk.request_path) == Reset(keep_pictures=True)
    assert intents == ["reset"]
    assert asked == [1, 1]


def test_what_does_not_work_now_goes_along_with_an_order_for_another_version(tmp_path):
    desk = HelperFiles(request_path=tmp_path / "order.json", status_folder=tmp_path)
    one = DeviceControl(desk, url="", intend=lambda _: None, leave_safe_mode=lambda: None, broken=lambda: ("light",))
    one.install_update()
    assert read_request(desk.request_path) == Install(broken=("light",))
    one.roll_back_update(verbatim("because"))
    assert read_request(desk.request_path) == RollBack(reason=verbatim("because"), broken=("light",))


def test_on_a_desk_nobody_carries_anything_out(tmp_path):
    with pytest.raises(RefusedError, match="ordinary computer"):
        appliance(HelperFiles.locate({}, tmp_path)).restart()
    with pytest.raises(RefusedError):
        appliance(HelperFiles.locate({"RUNTIME_DIRECTORY": str(tmp_path)}, tmp_path / "nowhere")).install_update()
    assert HelperFiles.locate({"RUNTIME_DIRECTORY": str(tmp_path)}, tmp_path).request_path == tmp_path / "order.json"
