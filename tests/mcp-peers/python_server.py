"""An upstream built with the official Python SDK, both eras; prints its URL."""

import asyncio
import base64
import socket

import mcp_types as types
import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from pydantic import BaseModel

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="

server = MCPServer("python", version="2.3.0")


class Sum(BaseModel):
    sum: int


def text(value: str, is_error: bool = False) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=value)], is_error=is_error)


@server.tool(name="echo")
def echo(text: str) -> str:
    return text


@server.tool(name="fail")
def fail() -> types.CallToolResult:
    return text("it failed", is_error=True)


@server.tool(name="rich")
def rich() -> types.CallToolResult:
    note = types.TextResourceContents(uri="peer://note", mime_type="text/plain", text="a note")
    return types.CallToolResult(
        content=[
            types.TextContent(type="text", text="rich"),
            types.ImageContent(type="image", data=PIXEL, mime_type="image/png"),
            types.EmbeddedResource(type="resource", resource=note),
            types.AudioContent(type="audio", data=WAV, mime_type="audio/wav"),
            types.ResourceLink(type="resource_link", uri="peer://note", name="note", title="The note"),
        ]
    )


@server.tool(name="structured")
def structured() -> Sum:
    return Sum(sum=3)


@server.tool(name="count")
async def count(ctx: Context) -> str:
    for progress in (1, 2, 3):
        await ctx.report_progress(progress, 3)
        await asyncio.sleep(0.1)
    return "counted"


@server.tool(name="log")
async def log(ctx: Context) -> str:
    await ctx.warning("careful", logger_name="peer")
    return "logged"


@server.tool(name="touch")
async def touch(ctx: Context) -> str:
    await ctx.notify_resource_updated("peer://note")
    return "touched"


def is_modern(ctx: Context) -> bool:
    return (ctx.protocol_version or "") >= "2026-07-28"


async def asked(ctx: Context, key: str, request, result_type, params):
    """The client's answer, by a request of our own or as what a further call of the client brings."""
    if not is_modern(ctx):
        return await ctx.session.send_request(request(params=params), result_type)
    return (ctx.input_responses or {}).get(key)


def asking(key: str, request) -> types.InputRequiredResult:
    return types.InputRequiredResult(input_requests={key: request})


@server.tool(name="ask-model", structured_output=False)
async def ask_model(ctx: Context) -> types.CallToolResult | types.InputRequiredResult:
    question = types.SamplingMessage(role="user", content=types.TextContent(type="text", text="the capital of France"))
    params = types.CreateMessageRequestParams(messages=[question], max_tokens=10)
    answer = await asked(ctx, "model", types.CreateMessageRequest, types.CreateMessageResult, params)
    return text(answer.content.text) if answer else asking("model", types.CreateMessageRequest(params=params))


@server.tool(name="ask-roots", structured_output=False)
async def ask_roots(ctx: Context) -> types.CallToolResult | types.InputRequiredResult:
    answer = await asked(ctx, "roots", types.ListRootsRequest, types.ListRootsResult, None)
    if not answer:
        return asking("roots", types.ListRootsRequest())
    return text(",".join(str(root.uri) for root in answer.roots))


@server.tool(name="ask-user", structured_output=False)
async def ask_user(ctx: Context) -> types.CallToolResult | types.InputRequiredResult:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    params = types.ElicitRequestFormParams(message="your name", requested_schema=schema)
    answer = await asked(ctx, "user", types.ElicitRequest, types.ElicitResult, params)
    if not answer:
        return asking("user", types.ElicitRequest(params=params))
    return text(f"{answer.action} {(answer.content or {}).get('name', '')}".strip())


@server.resource("peer://note", name="note", mime_type="text/plain")
def note() -> str:
    return "a note"


@server.resource("peer://pixel", name="pixel", mime_type="image/png")
def pixel() -> bytes:
    return base64.b64decode(PIXEL)


@server.resource("peer://notes/{id}", name="notes", mime_type="text/plain")
def notes(id: str) -> str:
    return f"note {id}"


@server.prompt(name="greet", description="Greets")
def greet(who: str) -> str:
    return f"Greet {who}"


@server.completion()
async def complete(_ref, argument, _context):
    return types.Completion(values=[f"{argument.value}is"])


async def main() -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = server.streamable_http_app()
    serving = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
    await serving.serve(sockets=[listener])


asyncio.run(main())
