// What the backend sends.

export interface Todo {
  id: number;
  title: string;
  done: boolean;
  createdAt: number;
}

/** An update of the broadcast; `_sentry` and `traceparent` on it are read by tracelink. */
export interface Update {
  type: string;
  timestamp: number;
  data: { todo: Todo; open: number };
}
