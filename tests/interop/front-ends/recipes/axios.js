// axios: a client span for each request of an instance, with its context in the headers.
import { startSpan } from 'tracelink';

export function traceAxios(axios) {
  const spans = new WeakMap();
  axios.interceptors.request.use(
    (config) => {
      const method = config.method.toUpperCase();
      const url = new URL(axios.getUri(config), location.href);
      const attributes = { 'http.request.method': method, 'url.full': url.href };
      const span = startSpan(method, { kind: 'client', attributes });
      // inject asks nobody: other origins get no headers unless they are yours.
      if (url.origin === location.origin) span.inject(config.headers);
      spans.set(config, span);
      return config;
    },
    undefined,
    // At once, while activeSpan() is still the caller's.
    { synchronous: true },
  );
  const end = (config, status, error) => {
    const span = spans.get(config);
    if (status) span?.setAttribute('http.response.status_code', status);
    if (error) span?.setAttribute('error.type', `${status ?? error.code}`);
    if (error && error.code !== 'ERR_CANCELED') span?.setStatus('error', error.message);
    span?.end();
  };
  axios.interceptors.response.use(
    (response) => {
      end(response.config, response.status);
      return response;
    },
    (error) => {
      end(error.config, error.response?.status, error);
      throw error;
    },
  );
}
