//! The HTTP side: routes, what they share, and the guard before all of them.

mod body;
mod coding;
mod diagnosis;
mod envelope;
pub(crate) mod guard;
mod intake;
mod jaeger;
mod memory;
pub(crate) mod params;
mod problem;
mod service_map;
mod stream;
mod summaries;
mod tail;
pub(crate) mod token;
mod traces;
mod viewer;
mod waterfall;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use tokio::sync::{Semaphore, watch};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};

use crate::cli::Options;
use crate::connections::Connections;
use crate::diagnosis::Thresholds;
use crate::forward;
use crate::store::{self, Store};
use problem::Problem;

/// Bodies decoded at the same time; more only take turns on the processor.
const DECODERS: usize = 4;

/// The address on which a connection arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalAddress(pub(crate) SocketAddr);

/// What all requests share.
pub(crate) struct App {
    store: Store,
    guard: guard::Guard,
    max_body: usize,
    thresholds: Thresholds,
    memory: memory::Memory,
    connections: Connections,
    forward: forward::News,
    /// Bodies that are decoded at the same time.
    decoders: Semaphore,
    tail: tail::Tail,
    stopping: watch::Sender<bool>,
}

impl App {
    /// Sets the shared parts up. Needs a runtime.
    pub(crate) fn new(options: &Options, store: Store) -> App {
        let stopping = watch::Sender::new(false);
        App {
            guard: guard::Guard::new(
                &options.listen,
                options.origins.clone(),
                options.token.clone(),
            ),
            max_body: options.max_body,
            thresholds: options.thresholds,
            memory: memory::Memory::new(options.max_body),
            connections: Connections::default(),
            forward: forward::start(&options.targets, options.forward_queue, &store),
            decoders: Semaphore::new(DECODERS),
            tail: tail::Tail::start(store.clone(), stopping.subscribe()),
            store,
            stopping,
        }
    }

    /// The connections that requests come on.
    pub(crate) fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Ends what would not end by itself.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }
}

/// All routes.
pub(crate) fn router(app: Arc<App>, options: &Options) -> Router {
    // Events must leave one by one, and a small answer is faster as it is.
    let compress = SizeAbove::new(1024).and(NotForContentType::const_new("text/event-stream"));
    let read = Router::new()
        .route("/api/v3/services", get(jaeger::services))
        .route("/api/v3/operations", get(jaeger::operations))
        .route("/api/v3/traces", get(jaeger::find))
        .route("/api/v3/traces/{trace_id}", get(jaeger::trace))
        .route("/api/summaries", get(summaries::list))
        .route(
            "/api/traces/{trace_id}/waterfall",
            get(waterfall::waterfall),
        )
        .route(
            "/api/traces/{trace_id}/diagnosis",
            get(diagnosis::diagnosis),
        )
        .route("/api/traces/{trace_id}/root-cause", get(diagnosis::cause))
        .route("/api/traces/{trace_id}/critical-path", get(diagnosis::path))
        .route("/api/service-map", get(service_map::service_map))
        .route("/api/health", get(health))
        .route("/api/tail", get(tail::tail))
        // The router knows no path with a variable beside one that is open at its end.
        .route("/api/{*rest}", any(envelope::receive))
        .layer(CompressionLayer::new().compress_when(compress));
    Router::new()
        .route("/v1/traces", any(traces::receive))
        .route("/healthz", get(healthz))
        .merge(read)
        .fallback_service(viewer::service(options))
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
        })
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            guard::guard,
        ))
        .with_state(app)
}

/// The process answers and its database can be read.
async fn healthz(State(app): State<Arc<App>>) -> Response {
    match app
        .store
        .read(|connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?))
        .await
    {
        Ok(()) => "ok\n".into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

async fn health(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let health = app.store.read(store::health).await?;
    Ok(problem::json(&health))
}
