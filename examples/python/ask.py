"""Sends a request and prints the reply, without an event loop.

    python3 ask.py weather.oslo"""

import sys

import telex.blocking

with telex.blocking.connect(name="ask") as client:
    try:
        reply = client.request(sys.argv[1], timeout=2)
    except (telex.NoRespondersError, telex.TimedOutError) as error:
        sys.exit(str(error))
    if error := reply.header(telex.ERROR_HEADER):
        sys.exit(error)
    print(reply.text)
