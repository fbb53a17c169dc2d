# Orders, told to every page over a WebSocket. Run: pip install -r requirements.txt (beside this), then
# OTEL_SERVICE_NAME=orders uvicorn --app-dir examples/backends/fastapi --port 3001 server:app
import asyncio
import os

from fastapi import Body, FastAPI, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
propagate.set_global_textmap(TraceContextTextMapPropagator())  # no baggage: it may name a user
tracer = trace.get_tracer("orders")
app, sockets = FastAPI(), set[WebSocket]()
FastAPIInstrumentor.instrument_app(app, exclude_spans=["receive", "send"])
PAGES = [os.environ.get("ALLOW_ORIGIN", "http://localhost:5173")]
HEADERS = ["traceparent", "tracestate", "baggage", "sentry-trace"]
app.add_middleware(CORSMiddleware, allow_origins=PAGES, allow_methods=["*"], allow_headers=HEADERS)
app.mount("/dist", StaticFiles(directory="dist"))
app.mount("/page", StaticFiles(directory="examples/backends/page"))


async def broadcast(message, parent=None):
    with tracer.start_as_current_span(f"send {message['type']}", parent, trace.SpanKind.PRODUCER):
        propagate.inject(message)
        await asyncio.gather(*(each.send_json(message) for each in sockets), return_exceptions=True)


@app.get("/")
async def page():
    propagate.inject(fields := {})
    timing = f'traceparent;desc="{fields["traceparent"]}"'
    headers = {"server-timing": timing, "cache-control": "no-store"}
    return FileResponse("examples/backends/page/index.html", headers=headers)


@app.post("/api/orders", status_code=201)
async def order(item: str = Body(embed=True)):
    await broadcast({"type": "order.placed", "item": item})
    return {"item": item}


@app.websocket("/updates")
async def updates(socket: WebSocket):
    await socket.accept()
    sockets.add(socket)
    try:
        async for message in socket.iter_json():
            sender = propagate.extract(message)
            await broadcast({"type": "order.cancelled", "item": message["item"]}, sender)
    finally:
        sockets.discard(socket)
