"""A client built with the official Python SDK: python_client.py <auto|legacy> <url>; prints its results as operations.mjs does."""

import asyncio
import json
import sys

import mcp_types as types
from mcp import Client

MODE, URL = sys.argv[1:3]
logged: list = []
updated: list = []


async def on_sampling(_context, _params):
    content = types.TextContent(type="text", text="Paris")
    return types.CreateMessageResult(role="assistant", model="peer", content=content)


async def on_elicitation(_context, _params):
    return types.ElicitResult(action="accept", content={"name": "Ada"})


async def on_roots(_context):
    return types.ListRootsResult(roots=[types.Root(uri="file:///home/ada", name="home")])


async def on_log(params):
    logged.append(params.data)


async def on_message(message):
    if getattr(message, "method", None) == "notifications/resources/updated":
        updated.append(str(message.params.uri))


def first_text(result) -> str:
    return next(block.text for block in result.content if block.type == "text")


def expect(condition: bool, what: object) -> None:
    if not condition:
        raise AssertionError(str(what)[:400])


async def until(condition, what: str) -> None:
    for _ in range(250):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{what} did not come")


async def refused(work) -> None:
    try:
        await work
    except Exception:
        return
    raise AssertionError("it was answered")


class Peer:
    def __init__(self, client: Client, names: list[str]) -> None:
        self.client = client
        self.names = names
        self.is_modern = client.protocol_version >= "2026-07-28"

    async def text_of(self, tool: str, arguments=None) -> str:
        return first_text(await self.client.call_tool(tool, arguments or {}))

    async def list_tools(self):
        expect({"echo", "rich", "count"} <= set(self.names), self.names)

    async def echo(self):
        expect(await self.text_of("echo", {"text": "hi"}) == "hi", "another text")

    async def fail(self):
        expect((await self.client.call_tool("fail", {})).is_error is True, "no error")

    async def no_tool(self):
        try:
            expect((await self.client.call_tool("nothing", {})).is_error is True, "no error")
        except AssertionError:
            raise
        except Exception:
            return

    async def rich(self):
        result = await self.client.call_tool("rich", {})
        expect(len(result.content) >= 3 and first_text(result) == "rich", result.content)

    async def structured(self):
        result = await self.client.call_tool("structured", {})
        expect((result.structured_content or json.loads(first_text(result))) == {"sum": 3}, result)

    async def progress(self):
        seen = []

        async def on_progress(progress, _total, _message):
            seen.append(progress)

        await self.client.call_tool("count", {}, progress_callback=on_progress)
        expect(seen == [1, 2, 3], seen)

    async def logging(self):
        if not self.is_modern:
            await self.client.set_logging_level("debug")
        await self.client.call_tool("log", {})
        await until(lambda: "careful" in logged, "a log message")

    async def resources(self):
        uris = [str(one.uri) for one in (await self.client.list_resources()).resources]
        expect({"peer://note", "peer://pixel"} <= set(uris), uris)

    async def read(self):
        expect((await self.client.read_resource("peer://note")).contents[0].text == "a note", "another text")
        expect(len((await self.client.read_resource("peer://pixel")).contents[0].blob) > 50, "no blob")

    async def read_none(self):
        await refused(self.client.read_resource("peer://none"))

    async def templates(self):
        listed = (await self.client.list_resource_templates()).resource_templates
        expect([one.uri_template for one in listed] == ["peer://notes/{id}"], listed)

    async def subscribe(self):
        if not self.is_modern:
            await self.client.subscribe_resource("peer://note")
            await self.client.call_tool("touch", {})
            return await until(lambda: "peer://note" in updated, "an update")
        async with self.client.listen(resource_subscriptions=["peer://note"]) as subscription:
            await self.client.call_tool("touch", {})
            async with asyncio.timeout(5):
                async for event in subscription:
                    return expect(str(event.uri) == "peer://note", event)

    async def prompts(self):
        listed = (await self.client.list_prompts()).prompts
        expect([one.name for one in listed] == ["greet"], listed)

    async def prompt(self):
        message = (await self.client.get_prompt("greet", {"who": "Ada"})).messages[0]
        expect(message.content.text == "Greet Ada", message)

    async def complete(self):
        ref = types.PromptReference(type="ref/prompt", name="greet")
        result = await self.client.complete(ref, {"name": "who", "value": "Par"})
        expect(result.completion.values == ["Paris"], result)

    async def sampling(self):
        expect(await self.text_of("ask-model") == "Paris", "another answer")

    async def roots(self):
        expect(await self.text_of("ask-roots") == "file:///home/ada", "other roots")

    async def elicitation(self):
        expect(await self.text_of("ask-user") == "accept Ada", "another answer")


async def main() -> None:
    callbacks = {
        "sampling_callback": on_sampling,
        "elicitation_callback": on_elicitation,
        "list_roots_callback": on_roots,
        "logging_callback": on_log,
        "message_handler": on_message,
        "log_level": "debug" if MODE != "legacy" else None,
    }
    async with Client(URL, mode=MODE, **callbacks) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        peer = Peer(client, names)
        operations = {
            "ping": None if peer.is_modern else client.send_ping,
            "tools/list": peer.list_tools,
            "tools/call": peer.echo,
            "tools/call that fails": peer.fail,
            "tools/call of no tool": peer.no_tool,
            "tools/call with every content": peer.rich,
            "tools/call with structure": peer.structured if "structured" in names else None,
            "progress": peer.progress,
            "logging": peer.logging,
            "resources/list": peer.resources,
            "resources/read": peer.read,
            "resources/read of none": peer.read_none,
            "resources/templates/list": peer.templates,
            "resources/subscribe": peer.subscribe,
            "prompts/list": peer.prompts,
            "prompts/get": peer.prompt,
            "completion/complete": peer.complete,
            "sampling": peer.sampling,
            "roots": peer.roots,
            "elicitation": peer.elicitation if "ask-user" in names else None,
        }
        results = {}
        for name, work in operations.items():
            results[name] = "none" if work is None else await attempt(work)
        print(json.dumps({"revision": client.protocol_version, "results": results}), flush=True)


async def attempt(work) -> str:
    try:
        async with asyncio.timeout(15):
            await work()
        return "ok"
    except Exception as error:
        return (f"{type(error).__name__}: {error}")[:400]


asyncio.run(main())
