//! What is usable from `pkg/` alone, without the shell: `pkg/tracelink.js` exports it from `js/platform/` as it is.

pub use crate::web::platform::{
    after_paint, configure_targets, configure_urls, extract_message_context,
    extract_message_contexts, give_timing, inject_message_context, install, server_contexts,
    set_endpoint, start_span, trace_page_load, traced_fetch, watch_life, write_carriers,
};
