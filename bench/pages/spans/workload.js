// The span that every contender makes: a child of one parent, with five attributes as a fetch of a shop would have.

/** Spans in one sample: their bytes fit into one request of every contender. */
export const SPANS = 600;
/** Samples in one round. Enough that garbage collection has its share. */
export const SAMPLES = 16;

const methods = ['GET', 'POST', 'GET', 'PUT'];
const routes = ['/api/v2/orders/{id}', '/api/v2/orders/{id}/lines', '/api/v2/stock'];
const urls = Array.from({ length: 64 }, (_, index) => {
  const secret = index % 8 === 0 ? '&token=eyJhbGciOiJIUzI1NiJ9' : '';
  return `https://shop.example/api/v2/orders/${1000 + index * 37}?page=${index % 9}${secret}`;
});

export const NAME = 'load order';

export const attributes = (index) => ({
  'http.request.method': methods[index & 3],
  'url.full': urls[index & 63],
  'http.route': routes[index % 3],
  'http.response.status_code': 200 + (index & 3),
  'http.response.body.size': 512 + index * 17,
});

/** The same, attribute by attribute. */
export function setEach(span, index) {
  span.setAttribute('http.request.method', methods[index & 3]);
  span.setAttribute('url.full', urls[index & 63]);
  span.setAttribute('http.route', routes[index % 3]);
  span.setAttribute('http.response.status_code', 200 + (index & 3));
  span.setAttribute('http.response.body.size', 512 + index * 17);
}
