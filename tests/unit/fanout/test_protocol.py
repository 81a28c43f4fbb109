"""What the port's factory makes."""

from entrance import HOT, PAGE, STREAM, open_port
from scorewire.fanout.doorstep import Doorstep
from scorewire.fanout.guarded import GuardedProtocol
from scorewire.fanout.sse import SseFan


async def test_every_connection_begins_at_the_doorstep_and_each_goes_its_way() -> None:
    ways = {HOT: Doorstep, STREAM: SseFan, PAGE: GuardedProtocol}
    for data, way in ways.items():
        port = await open_port()
        assert type(port.protocol) is Doorstep
        port.receive(data)
        assert type(port.protocol) is way
        await port.settle()
        port.transport.lose()
