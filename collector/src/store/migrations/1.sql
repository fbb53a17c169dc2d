-- Schema 1: spans, what is looked up by, summaries. Times are nanoseconds since 1970; those of spans are the 64 bits of
-- OTLP's unsigned number.

CREATE TABLE resources (
  id INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  record BLOB NOT NULL UNIQUE -- protobuf ResourceSpans without spans
);
CREATE TABLE resource_terms ( -- the attributes of resources
  term INTEGER NOT NULL,
  resource INTEGER NOT NULL REFERENCES resources (id),
  PRIMARY KEY (term, resource)
) WITHOUT ROWID;
CREATE TABLE scopes (
  id INTEGER PRIMARY KEY,
  record BLOB NOT NULL UNIQUE -- protobuf ScopeSpans without spans
);
CREATE TABLE traces (
  id INTEGER PRIMARY KEY,
  trace_id BLOB NOT NULL UNIQUE,
  start_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  span_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  root_span BLOB NOT NULL, -- the span that gives the trace its name
  root_parented INTEGER NOT NULL, -- 1 until a span without parent has come
  root_start INTEGER NOT NULL,
  root_name TEXT NOT NULL,
  root_service TEXT NOT NULL
);
CREATE INDEX traces_by_start ON traces (start_ns DESC, id DESC);
CREATE INDEX traces_with_errors ON traces (start_ns DESC, id DESC) WHERE error_count > 0;
CREATE TABLE trace_services (
  trace INTEGER NOT NULL,
  service TEXT NOT NULL,
  span_count INTEGER NOT NULL,
  PRIMARY KEY (trace, service)
) WITHOUT ROWID;
CREATE TABLE spans (
  id INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL REFERENCES traces (id),
  span_id BLOB NOT NULL,
  parent_id BLOB,
  resource INTEGER NOT NULL REFERENCES resources (id),
  scope INTEGER NOT NULL REFERENCES scopes (id),
  name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  error INTEGER NOT NULL,
  incomplete INTEGER NOT NULL,
  record BLOB NOT NULL -- protobuf Span without what the columns hold
);
CREATE UNIQUE INDEX spans_by_id ON spans (trace, span_id);
CREATE TABLE links ( -- where spans point to
  trace_id BLOB NOT NULL,
  span_id BLOB NOT NULL,
  source INTEGER NOT NULL REFERENCES spans (id),
  PRIMARY KEY (trace_id, span_id, source)
) WITHOUT ROWID;
CREATE TABLE operations (
  term INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  name TEXT NOT NULL,
  kind INTEGER NOT NULL
);
CREATE INDEX operations_by_service ON operations (service, name);
CREATE TABLE expired ( -- traces that are gone, whose spans are being deleted
  trace INTEGER PRIMARY KEY
);
CREATE TABLE postings ( -- which traces contain a term
  term INTEGER NOT NULL,
  trace INTEGER NOT NULL,
  PRIMARY KEY (term, trace)
) WITHOUT ROWID;
