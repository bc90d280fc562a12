"""Prints every message of a subject, through restarts of the exchange.

    python3 watch.py 'log.>'"""

import asyncio
import sys

import telex


async def main(filter: str) -> None:
    def lost(error: telex.Error) -> None:
        print(f"disconnected: {error}", file=sys.stderr)

    async with telex.connect(name="watch", on_disconnected=lost) as client:
        async for message in await client.subscribe(filter):
            print(message.subject, message.payload.decode(errors="replace"), flush=True)


asyncio.run(main(sys.argv[1]))
