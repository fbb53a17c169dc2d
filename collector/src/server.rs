//! The life of the process: bind, announce, accept connections, stop on a signal, finish writes.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::cli::{Options, Retention};
use crate::connections::Connections;
use crate::http::{self, App, LocalAddress};
use crate::store::Store;

/// A client has this long to send the head of a request, the first one or the next on the same connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Requests under way at a signal have this long to finish.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
/// Beyond this each new connection ends the one whose client has let the collector wait the longest.
const MAX_CONNECTIONS: usize = 512;
/// More waits in the kernel's queue: all of these are being worked for.
const MOST_CONNECTIONS: usize = MAX_CONNECTIONS + 64;
/// Connections that the kernel keeps until they are accepted. With the usual 128, those of a burst that find no place come
/// a second later.
const BACKLOG: u32 = 1024;
/// What a connection may hold of what it has read, the head of a request in the first place.
const MAX_BUFFER: usize = 32 << 10;

/// Runs until SIGINT or SIGTERM; the error is one line for the user.
pub(crate) fn run(options: Options) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    let store = runtime.block_on(serve(options))?;
    // Requests that were cut off may still hold blocking threads; the writer is waited for, they are not.
    runtime.shutdown_timeout(Duration::from_secs(1));
    store.close();
    Ok(())
}

async fn serve(options: Options) -> Result<Store, String> {
    let listener = listen(&options.listen).await.map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::AddrInUse => "the port is in use; --listen takes another one".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        format!("cannot listen on {}: {reason}", options.listen)
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let store = Store::open(&options.database, options.durability, options.target_urls())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;

    if options.retention != Retention::default() {
        tokio::spawn(store.clone().keep(options.retention));
    }
    let app = Arc::new(App::new(&options, store.clone()));
    let router = http::router(Arc::clone(&app), &options);
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    announce(&options.listen, address);

    loop {
        tokio::select! {
            Some((stream, slot)) = accept(&listener, &slots) => {
                connect(stream, slot, router.clone(), &graceful, app.connections());
            }
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
        }
    }
    drop(listener);
    app.stop();
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(SHUTDOWN_TIMEOUT) => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(store)
}

/// Listens on the first address of a name that can be had.
async fn listen(name: &str) -> io::Result<TcpListener> {
    let mut failure = None;
    for address in lookup_host(name).await? {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        };
        let listening = socket.and_then(|socket| {
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            socket.listen(BACKLOG)
        });
        match listening {
            Ok(listener) => return Ok(listener),
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or_else(|| io::Error::other("the name has no address")))
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Some((stream, slot)),
            // Out of file descriptors or a peer that left early: the next one may succeed.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn connect(
    stream: TcpStream,
    slot: OwnedSemaphorePermit,
    router: Router,
    graceful: &GracefulShutdown,
    connections: &Connections,
) {
    let Ok(local) = stream.local_addr() else {
        return;
    };
    // Small answers leave at once; a peer that is already gone shows at the first read.
    let _ = stream.set_nodelay(true);
    if connections.count() >= MAX_CONNECTIONS {
        connections.end_longest_waiting();
    }
    let connected = Arc::new(connections.enter());
    let of_request = Arc::clone(&connected);
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        of_request.works();
        request.extensions_mut().insert(LocalAddress(local));
        request.extensions_mut().insert(Arc::clone(&of_request));
        request
    });
    let of_answer = Arc::clone(&connected);
    let service = service.map_response(move |response| {
        of_answer.waits_for_head();
        response
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        tokio::select! {
            // A broken connection concerns its client alone.
            _ = connection => {}
            () = connected.has_to_go() => {}
        }
        drop(slot);
    });
}

/// The one line that says where the collector is; a name given by the user is kept, its port is the real one.
fn announce(listen: &str, address: SocketAddr) {
    let host = listen
        .rsplit_once(':')
        .map_or("127.0.0.1", |(host, _)| host);
    let mut out = std::io::stdout();
    let _ = writeln!(
        out,
        "tracelink-collector ready on http://{host}:{}",
        address.port()
    );
    let _ = out.flush();
}
