"""Calls and subscriptions, over both doors."""

from __future__ import annotations

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.protocol.client import DaemonClient
from sproutcast_pi.store.engine import INTERNAL
from tests.services.gateway.helpers import PATIENCE_S, Follower, GatewayHarness, RawSocket, http_request

PLANTS = "SELECT * FROM plant ORDER BY name LIMIT 50"


def test_a_subscription_begins_with_the_rows_and_goes_on_with_each_change(
    harness: GatewayHarness, client: DaemonClient
) -> None:
    harness.call("create_plant", name="Basil")
    plants = Follower(client, PLANTS)
    assert [row["name"] for row in plants.snapshot().rows] == ["Basil"]
    harness.call("create_plant", name="Chives")
    change = plants.next_change()
    assert [row["name"] for row in change.insert] == ["Chives"]
    assert change.reducer == "create_plant"
    assert change.seq == harness.store.seq


def test_a_call_answers_with_what_the_reducer_returned(harness: GatewayHarness, client: DaemonClient) -> None:
    plant = client.call("create_plant", {"name": "Basil"}).result(PATIENCE_S)
    assert harness.store.query("SELECT name FROM plant WHERE id = ?", (plant,)) == [{"name": "Basil"}]


def test_a_refused_call_says_which_argument_and_why(client: DaemonClient) -> None:
    with pytest.raises(RefusedError) as refused:
        client.call("log_care", {"plant_id": 1, "kind": "wter"}).result(PATIENCE_S)
    assert refused.value.field == "kind"
    assert 'did you mean "water"' in str(refused.value)


def test_a_refused_query_says_so(client: DaemonClient) -> None:
    refused = Follower(client, "DROP TABLE plant").errors.get(timeout=PATIENCE_S)
    assert isinstance(refused, RefusedError)


def test_the_callers_own_changes_come_with_its_answer_in_one_message(harness: GatewayHarness) -> None:
    raw = RawSocket(harness)
    raw.receive_message("hello")
    raw.send_message(type="subscribe", id=1, sql="SELECT * FROM plant")
    raw.receive_message("rows")
    for number in range(2, 30):
        raw.send_message(type="call", id=number, reducer="create_plant", args={"name": f"Plant {number}"})
        answer = raw.receive_message("answer")
        assert answer["id"] == number
        (change,) = answer["changes"]
        assert [row["name"] for row in change["insert"]] == [f"Plant {number}"]
    raw.close()


def test_all_queries_of_a_client_learn_of_a_transaction_in_one_message(harness: GatewayHarness) -> None:
    plant = harness.call("create_plant", name="Basil")
    raw = RawSocket(harness)
    raw.send_message(type="subscribe", id=1, sql="SELECT * FROM plant")
    raw.send_message(type="subscribe", id=2, sql=f"SELECT * FROM plant WHERE id = {plant}")
    raw.send_message(type="subscribe", id=3, sql="SELECT * FROM plant ORDER BY id DESC LIMIT 1")
    for _ in range(3):
        raw.receive_message("rows")
    harness.call("update_plant", plant_id=plant, location="Window")
    assert sorted(change["id"] for change in raw.receive_message("diff")["changes"]) == [1, 2, 3]
    raw.close()


def test_over_http_a_call_answers_and_a_refusal_has_its_status(harness: GatewayHarness) -> None:
    status, answer, _ = http_request(harness, "POST", "/v1/call/create_plant", {"name": "Basil"}, local=True)
    assert (status, answer) == (200, {"value": 1, "seq": harness.store.seq})
    status, refused, _ = http_request(harness, "POST", "/v1/call/create_plant", {"nam": "Basil"}, local=True)
    assert (status, refused["type"], refused["field"]) == (400, "refused", "nam")
    status, refused, _ = http_request(harness, "POST", "/v1/call/water_everything", {}, local=True)
    assert (status, refused["code"]) == (404, "not_found")


def test_after_unsubscribing_nothing_more_comes(harness: GatewayHarness) -> None:
    raw = RawSocket(harness)
    raw.send_message(type="subscribe", id=1, sql="SELECT * FROM plant")
    raw.receive_message("rows")
    raw.send_message(type="unsubscribe", id=1)
    raw.receive_message("unsubscribed")
    harness.call("create_plant", name="Basil")
    raw.send_message(type="call", id=2, reducer="create_plant", args={"name": "Chives"})
    frame = raw.receive()
    assert frame is not None
    assert b'"type":"answer"' in frame[1]
    raw.close()


def test_a_long_answer_of_a_join_comes_whole(harness: GatewayHarness, client: DaemonClient) -> None:
    plant = harness.call("create_plant", name="Basil")
    for _ in range(2500):
        harness.store.submit("log_care", {"plant_id": plant, "kind": "water"}, caller=INTERNAL)
    harness.call("log_care", plant_id=plant, kind="feed")
    joined = Follower(client, "SELECT care_event.id, name FROM care_event JOIN plant ON plant.id = plant_id")
    assert [row["id"] for row in joined.snapshot().rows] == list(range(1, 2502))


def test_the_schema_lists_what_can_be_called_and_nothing_internal(harness: GatewayHarness) -> None:
    _, schema, _ = http_request(harness, "GET", "/v1/schema", local=True)
    reducers = {reducer["name"]: reducer for reducer in schema["reducers"]}
    assert reducers["log_care"]["arguments"]["kind"]["required"] is True
    assert reducers["start_pairing"]["role"] == "owner"
    assert "add_client" not in reducers


def test_metrics_count_calls_by_outcome(harness: GatewayHarness) -> None:
    http_request(harness, "POST", "/v1/call/create_plant", {"name": "Basil"}, local=True)
    http_request(harness, "POST", "/v1/call/create_plant", {}, local=True)
    status, body, _ = http_request(harness, "GET", "/metrics", local=True)
    assert status == 200, body
    text = body.decode()
    assert 'sproutcast_calls_total{door="socket",outcome="ok",reducer="create_plant"} 1\n' in text
    assert 'sproutcast_calls_total{door="socket",outcome="invalid",reducer="create_plant"} 1\n' in text
    assert "sproutcast_call_seconds_count 2\n" in text


def test_the_daemons_socket_is_for_its_user_and_group_only(harness: GatewayHarness) -> None:
    assert harness.socket.stat().st_mode & 0o777 == 0o660
