"""The page of tables and calls is level with the code."""

from tools import table_docs


def test_the_page_is_what_the_code_says():
    assert table_docs.PAGE.read_text(encoding="utf-8") == table_docs.page(), "run: make table-docs"


def test_only_what_clients_may_read_and_call_is_on_it():
    text = table_docs.page()
    assert "`client`" not in text
    assert "| internal |" not in text
