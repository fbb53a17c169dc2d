//! The pure tracing model: ids, contexts, carriers, attributes, spans, limits, sampling, redaction.

pub mod attributes;
pub mod carriers;
pub(crate) mod characters;
pub mod clock;
pub mod context;
pub mod ids;
pub mod interner;
pub mod limits;
pub(crate) mod names;
pub mod redaction;
pub mod room;
pub mod sampler;
pub mod slab;
pub mod span;
