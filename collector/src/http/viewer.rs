//! `/`: the built viewer, or a page that says how to build it.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Uri};
use axum::response::Html;
use axum::routing::get;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use super::problem::Problem;
use crate::cli::Options;

/// What the viewer may load: its own files and answers. Its text comes from strangers: nothing inline runs or styles, and
/// markup is made from Lit's templates alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types lit-html";

const UNBUILT: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>tracelink collector</title>
<h1>The collector runs. Its viewer is not built.</h1>
<p>Run <code>npm run build</code> in the tracelink checkout, then start the collector there, or name the folder: <code>tracelink-collector --viewer www/dist</code>.</p>
<p>The data is here already: <a href=\"/api/summaries\">/api/summaries</a>, <a href=\"/api/health\">/api/health</a>.</p>
</html>
";

/// Answers what no other route does.
pub(super) fn service(options: &Options) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let files = match options.viewer.clone().or_else(built) {
        // The viewer keeps its routes behind the #, so that what is no file is not there.
        Some(dir) => {
            let files = ServeDir::new(dir).fallback(get(missing));
            Router::new().fallback_service(files)
        }
        None => Router::new()
            .route("/", get(|| async { Html(UNBUILT) }))
            .fallback(missing),
    };
    files
        .layer(header(CONTENT_SECURITY_POLICY, POLICY))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(X_FRAME_OPTIONS, "DENY"))
        .layer(header(REFERRER_POLICY, "no-referrer"))
        .layer(header(CACHE_CONTROL, "no-cache"))
}

async fn missing(uri: Uri) -> Problem {
    Problem::not_found(format!("nothing at {}", uri.path()))
}

/// The viewer's usual places: below the working directory, or in the checkout that holds this program.
fn built() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let above = program
        .iter()
        .flat_map(|program| program.ancestors().skip(1).take(4))
        .map(Path::to_path_buf);
    std::iter::once(PathBuf::from("."))
        .chain(above)
        .map(|base| base.join("www/dist"))
        .find(|dir| dir.join("index.html").is_file())
}
