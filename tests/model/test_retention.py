from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.model.retention import RetentionLimits, StoredPhoto, photos_to_remove

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PLENTY = 10**12


def picture(capture_id, days_old, size=100):
    return StoredPhoto(capture_id=capture_id, at=NOW - timedelta(days=days_old), size=size)


def limits(keep_days=30.0, max_bytes=PLENTY, free_floor_bytes=0):
    return RetentionLimits(keep_days=keep_days, max_bytes=max_bytes, free_floor_bytes=free_floor_bytes)


def test_nothing_goes_while_all_limits_hold():
    assert photos_to_remove([picture(1, 29), picture(2, 0)], NOW, PLENTY, limits()) == ()


def test_what_is_too_old_goes():
    assert photos_to_remove([picture(1, 5), picture(2, 31), picture(3, 40)], NOW, PLENTY, limits()) == (3, 2)


def test_the_oldest_go_until_the_rest_fits():
    pictures = [picture(n, 10 - n) for n in range(10)]
    assert photos_to_remove(pictures, NOW, PLENTY, limits(max_bytes=750)) == (0, 1, 2)


def test_the_oldest_go_until_the_disk_has_room():
    pictures = [picture(n, 10 - n) for n in range(10)]
    assert photos_to_remove(pictures, NOW, 50, limits(free_floor_bytes=200)) == (0, 1)


def test_a_full_disk_without_pictures_removes_nothing():
    assert photos_to_remove([], NOW, 0, limits(free_floor_bytes=10**9)) == ()


@given(
    st.lists(st.tuples(st.floats(-5, 100), st.integers(0, 1000)), max_size=30),
    st.integers(0, 10_000),
    st.integers(0, 5000),
    st.integers(0, 5000),
    st.floats(1, 60),
)
def test_what_stays_fits_and_nothing_goes_needlessly(shots, free, floor, most, days):
    pictures = [picture(n, age, size) for n, (age, size) in enumerate(shots)]
    gone = photos_to_remove(pictures, NOW, free, limits(days, most, floor))
    rest = [one for one in pictures if one.capture_id not in gone]
    removed = [one for one in pictures if one.capture_id in gone]
    freed = sum(one.size for one in removed)
    if rest:
        assert all(one.at >= NOW - timedelta(days=days) for one in rest)
        assert sum(one.size for one in rest) <= most
        assert free + freed >= floor
        assert not removed or max(one.at for one in removed) <= min(one.at for one in rest)
    if removed:
        last = max(removed, key=lambda one: (one.at, one.capture_id))
        needed = (
            last.at < NOW - timedelta(days=days)
            or sum(one.size for one in rest) + last.size > most
            or free + freed - last.size < floor
        )
        assert needed
