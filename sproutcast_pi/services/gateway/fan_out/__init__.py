"""Fan-out of committed changes to client sessions: batched per commit, encoded once, sent on the event loop.

The walk of a change: the store calls a `ClientSubscription`, which publishes to the `Broadcaster`; it enqueues entries
on the writer's thread, flushes them to the event loop once a batch is on disk, and dispatches to each session's
`on_batch`. There a `BatchBuilder` orders them into items, and the session sends those through its `SendQueue`.
"""
