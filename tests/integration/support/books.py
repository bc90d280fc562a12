"""Asks a running daemon for its counters and checks that every message is accounted for:

    routed = delivered + dropped + waiting for credit + queued

for the daemon, each reactor, user and connection, and for each subscription, where what is queued counts as delivered.
Processes.Daemon calls it at the end of each test."""

import re

# A daemon that does not answer in this time, or refuses this client, is not checked: tests end with daemons that lack
# descriptors, require credentials, or have no listener of the native protocol.
PATIENCE = 10


class Unbalanced(AssertionError):
    """A message is not accounted for."""


def expect_balance(what, routed, delivered, dropped, waiting, queued=0):
    """A counter that was decremented too often has wrapped around, and the sum is still right: no part may exceed the
    whole."""
    parts = (delivered, dropped, waiting, queued)
    if routed != sum(parts) or max(parts) > routed:
        raise Unbalanced(f"{what}: routed {routed}, delivered {delivered}, dropped {dropped}, waiting {waiting}, "
                         f"queued {queued}")


def check_stats(stats):
    """Checks a ServerStats."""
    expect_balance("daemon", stats.routed_messages, stats.delivered_messages,
                   sum(stats.dropped_messages.values()), stats.waiting_messages, stats.queued_messages)
    for row in stats.reactors:
        expect_balance(f"reactor {row.reactor}", row.routed_messages, row.delivered_messages,
                       row.dropped_messages, row.waiting_messages, row.queued_messages)


def check_rows(what, rows):
    """Checks the rows of a ConnectionList, SubscriptionList or UserList. Returns their number."""
    for row in rows:
        queued = 0 if what == "subscription" else row.queued_messages
        expect_balance(f"{what} {row}", row.routed_messages, row.delivered_messages, row.dropped_messages,
                       row.held_messages, queued)
    return len(rows)


def check_lists(client):
    """Checks open and recently closed connections, users and subscriptions. Returns the number of rows; 0 if this client may not
    read the lists."""
    from wire import admin_pb2

    checked = 0
    for closed in (False, True):
        query = admin_pb2.ListConnections(limit=1000, closed=closed)
        payload = _ask(client, "$SYS.admin.connections", query)
        if payload is None:
            return checked
        checked += check_rows("connection", admin_pb2.ConnectionList.FromString(payload).connections)
    payload = _ask(client, "$SYS.admin.users", admin_pb2.ListUsers(limit=1000))
    if payload is not None:
        checked += check_rows("user", admin_pb2.UserList.FromString(payload).users)
    payload = _ask(client, "$SYS.admin.subscriptions", admin_pb2.ListSubscriptions(limit=1000))
    if payload is not None:
        checked += check_rows("subscription", admin_pb2.SubscriptionList.FromString(payload).subscriptions)
    return checked


def _ask(client, subject, query=None):
    """Returns the payload of the reply, or None if the request is refused."""
    client.publish(subject, query.SerializeToString() if query else b"", request=1)
    while (frame := client.receive()) is not None:
        if frame.request == 1:
            return frame.message.payload if frame.HasField("message") else None
    return None


def check_daemon(log):
    """Checks the daemon that wrote this log. Returns the number of rows of its lists, or None if it could not be asked."""
    from wire import Client, connect, sys_pb2

    found = re.findall(r" listening: listener=\S+ address=(\S+) protocol=telex", log)
    # The owner may read the lists, but is identified on unix sockets only.
    for address in sorted(found, key=lambda one: not one.startswith("unix")):
        try:
            peer = connect(address)
            peer.settimeout(PATIENCE)
            with Client(peer, "books") as client:
                payload = _ask(client, "$SYS.stats") if client.refusal is None else None
                if payload is not None:
                    check_stats(sys_pb2.ServerStats.FromString(payload))
                    return check_lists(client)
        except (OSError, AttributeError):  # no connection; or closed instead of a Welcome
            pass
    return None
