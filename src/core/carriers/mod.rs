//! Message carriers: where the contexts stand inside a message.
