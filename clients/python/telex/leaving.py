"""How long a client stays with a server that has announced the end of the connection. Without I/O or clock.

    busy   replies are still to be sent or received: stays, as long as the server keeps the connection
    idle   shuts down its sending side, and gives the server a moment to close

Its sending side stays open while it waits: so the server notices if it vanishes, and answers its Pings. Requests that
arrive once it is idle get no reply."""

# Seconds for an idle client's server to close the connection.
MOMENT = 2.0
# The longest drain of an exchange (server.drain_timeout), which then closes the connection.
LONGEST = 3600.0


class Leaving:
    """`stays`: until the end the server takes and sends replies."""

    def __init__(self, now: float, stays: bool) -> None:
        self._stays = stays
        self.sends = True  # frames may still be sent
        self.deadline = now + LONGEST  # when the client leaves

    def end_replies(self) -> None:
        """The server no longer takes and sends any."""
        self._stays = False

    def update(self, now: float, busy: bool) -> None:
        """Whether replies are still to be sent or received now."""
        if self.sends and not (busy and self._stays):
            self.sends = False
            self.deadline = now + MOMENT
