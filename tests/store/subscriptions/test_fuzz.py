"""A slice of the fuzzing that `make fuzz` does at length."""

import os

import pytest

from tests.store.subscriptions.fuzzer import StoreFuzzer

TRANSACTIONS = int(os.environ.get("FUZZ_TRANSACTIONS", "600"))
SEEDS = range(int(os.environ.get("FUZZ_SEEDS", "1")))


@pytest.mark.timeout(36000)
@pytest.mark.parametrize("seed", SEEDS)
def test_listeners_hold_what_sqlite_answers(tmp_path, seed):
    fuzz = StoreFuzzer(tmp_path, seed, random_queries=int(os.environ.get("FUZZ_QUERIES", "40")))
    compared = fuzz.run(TRANSACTIONS, check_every=8)
    fuzz.store.close()
    incremental = sum(view.incremental for view in fuzz.views)
    assert incremental >= 18
    print(f"\nseed {seed}: {TRANSACTIONS} transactions, {len(fuzz.views)} queries, {compared} views compared")
