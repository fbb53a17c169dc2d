-- Schema 3: lists of the slowest traces are read from an index.

CREATE INDEX summaries_by_duration ON summaries ((end_ns - start_ns) DESC, id DESC);
