//! The load of the document, where the browser has a part in it.

use alloc::vec;

use crate::core::ids::SpanId;
use crate::tracer::spans::{Ids, REMOTE};
use crate::web::state::{feed_entropy, with};
use crate::web::{platform, transport};

/// Longest contexts of a server that are looked at.
const TEXT: usize = 32_768;

/// Starts the load's span below the server's context, for those who use the crate without the shell.
pub(crate) fn trace_page_load() -> f64 {
    feed_entropy();
    let mut text = vec![0; TEXT];
    let len = platform::read_server_contexts(&mut text);
    text.truncate(len);
    let handle = with(|tracer| {
        let mut ids = Ids {
            trace: tracer.entropy.trace_id(),
            span: tracer.entropy.span_id(),
            ..Ids::default()
        };
        let mut flags = 0;
        let mut fields = text.split(|byte| *byte == 0);
        while let Some(age) = fields.next() {
            let mut carriers = [&[][..]; 4];
            carriers.fill_with(|| fields.next().unwrap_or_default());
            tracer.scratch.fill(carriers.into_iter());
            tracer.read_carriers(carriers.map(<[u8]>::len));
            if age == b"f"
                && let Some(remote) = tracer.contexts.last()
                && ids.parent == SpanId::default()
            {
                flags = REMOTE | tracer.flags_below(remote);
                ids.trace = remote.context.trace_id;
                ids.parent = remote.context.span_id;
            }
        }
        let name: &[u8] = b"documentLoad";
        tracer.scratch.fill([name].into_iter());
        let handle = tracer.start(ids, flags, -(name.len() as i32), 1, 0.0);
        tracer.set_page(handle, true);
        handle
    });
    let handle = handle.unwrap_or_default();
    if handle > 0.0 {
        platform::watch_load();
    }
    handle
}

/// The document has loaded, or its page is hidden before that.
pub(crate) fn end(incomplete: bool) {
    if with(|tracer| tracer.is_loading()) != Some(true) {
        return;
    }
    let mut block = vec![0; platform::collect_page()];
    platform::take_page(&mut block);
    feed_entropy();
    let now = platform::now();
    if let Some(wake) = with(|tracer| tracer.end_page(&mut block, incomplete, now)) {
        transport::wake(wake);
    }
}
