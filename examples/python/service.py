"""A service: several of these share the requests on weather.*, and each finishes its work before it ends (SIGINT, SIGTERM).

    python3 service.py &
    telex request weather.oslo"""

import asyncio
import signal

import telex

TEMPERATURES = {"oslo": "-3", "lima": "19"}


async def main() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with telex.connect(name="weather") as client:

        async def reply(request: telex.Message) -> None:
            place = request.subject.split(".")[1]
            if place in TEMPERATURES:
                await client.respond(request, TEMPERATURES[place])
            else:
                await client.respond(request, headers={telex.ERROR_HEADER: f"no station at {place}"})

        # With credit, the exchange gives requests to members that are not busy.
        await client.subscribe("weather.*", reply, queue_group="weather", credit=16)
        print("ready", flush=True)
        await stop.wait()
        await client.drain()


asyncio.run(main())
