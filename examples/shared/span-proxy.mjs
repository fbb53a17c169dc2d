// Passes a page's spans on to a collector, so that the page sends them to its own origin.
import http from 'node:http';

/**
 * @param {http.IncomingMessage} request a POST of the page
 * @param {http.ServerResponse} response
 * @param {string} target the collector's address for traces
 */
export function passSpans(request, response, target) {
  /** @type {http.OutgoingHttpHeaders} */
  const headers = { 'content-type': request.headers['content-type'] };
  for (const name of ['content-encoding', 'content-length']) {
    if (request.headers[name]) headers[name] = request.headers[name];
  }
  const onward = http.request(target, { method: 'POST', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(503, { 'retry-after': '5' }).end());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
