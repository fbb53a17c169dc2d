// Orders, told to every page by WebSocket: cargo run --manifest-path examples/backends/axum/Cargo.toml
use axum::extract::{Json, WebSocketUpgrade, ws::WebSocket};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse};
use axum::routing::{Router, any, get, post};
use opentelemetry::{Context, global, trace::Tracer};
use opentelemetry_instrumentation_tower::http::server::Layer;
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use std::{collections::HashMap, env, error::Error, sync::LazyLock};
use tokio::{net::TcpListener, select, sync::broadcast};
use tower_http::{cors::CorsLayer, services::ServeDir};
static PAGES: LazyLock<broadcast::Sender<String>> = LazyLock::new(|| broadcast::channel(100).0);

fn fields(context: &Context) -> HashMap<String, String> {
    let mut fields = HashMap::new();
    global::get_text_map_propagator(|format| format.inject_context(context, &mut fields));
    fields
}

async fn page() -> impl IntoResponse {
    let timing = format!(r#"traceparent;desc="{}""#, fields(&Context::current())["traceparent"]);
    let headers = [("server-timing", timing), ("cache-control", "no-store".into())];
    (headers, Html(include_str!("../../page/index.html")))
}

async fn order(Json(order): Json<serde_json::Value>) -> impl IntoResponse {
    global::tracer("orders").in_span("send order.placed", |context| {
        let mut message = serde_json::json!({ "type": "order.placed", "item": order["item"] });
        fields(&context).into_iter().for_each(|(name, value)| message[name] = value.into());
        PAGES.send(message.to_string()).unwrap_or_default() // nobody listens
    });
    (StatusCode::CREATED, Json(order))
}

async fn updates(upgrade: WebSocketUpgrade) -> impl IntoResponse {
    upgrade.on_upgrade(async |mut ws: WebSocket| {
        let mut told = PAGES.subscribe();
        while select! {
            it = told.recv() => it.is_ok() && ws.send(it.unwrap_or_default().into()).await.is_ok(),
            said = ws.recv() => matches!(said, Some(Ok(_))),
        } {}
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let spans = opentelemetry_otlp::SpanExporter::builder().with_http().build()?;
    global::set_tracer_provider(SdkTracerProvider::builder().with_batch_exporter(spans).build());
    global::set_text_map_propagator(TraceContextPropagator::new());
    let origin = env::var("ALLOW_ORIGIN").unwrap_or("http://localhost:5173".into());
    let names = ["content-type", "traceparent", "tracestate", "baggage", "sentry-trace"];
    let cors = CorsLayer::new().allow_headers(names.map(HeaderName::from_static));
    let app = Router::new().route("/", get(page)).route("/api/orders", post(order));
    let app = app.layer(Layer::new()).layer(cors.allow_origin(origin.parse::<HeaderValue>()?));
    let app = app.route("/updates", any(updates)).nest_service("/dist", ServeDir::new("dist"));
    let app = app.nest_service("/page", ServeDir::new("examples/backends/page"));
    let listener = TcpListener::bind(env::var("LISTEN").unwrap_or("127.0.0.1:3001".into())).await?;
    println!("Orders ready on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
