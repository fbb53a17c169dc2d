// Listeners, handlers and events of another realm.
import { connected } from '/page/sockets.js';

export const cases = {
  'a listener of another realm': async (tools) => {
    const { see, frame, named } = tools;
    const { socket, exchange } = await connected(tools);
    const inner = frame();
    named('socket', socket);
    inner.see = see;
    const listener = inner.eval('(function (event) { see("heard", this, event.isTrusted); })');
    socket.addEventListener('message', listener);
    socket.onmessage = listener;
    see(socket.onmessage === listener);
    await exchange('x');
    socket.removeEventListener('message', listener);
    socket.onmessage = null;
    await exchange('x');
  },
  'an object of another realm': async (tools) => {
    const { see, frame } = tools;
    const { socket, exchange } = await connected(tools);
    const inner = frame();
    inner.see = see;
    socket.addEventListener('message', inner.eval('({ handleEvent() { see("heard"); } })'));
    await exchange('x');
  },
  'an event of another realm': async (tools) => {
    const { see, frame } = tools;
    const { socket } = await connected(tools);
    socket.addEventListener('message', (event) => see(event instanceof MessageEvent, event.data));
    see(socket.dispatchEvent(new (frame().MessageEvent)('message', { data: 'theirs' })));
  },
  'a signal and options of another realm': async (tools) => {
    const { see, frame } = tools;
    const { socket, exchange } = await connected(tools);
    const inner = frame();
    const controller = new inner.AbortController();
    const options = inner.Object.assign(new inner.Object(), { signal: controller.signal });
    socket.addEventListener('message', () => see('heard'), options);
    await exchange('1');
    controller.abort();
    await exchange('2');
  },
  'methods of another realm': async (tools) => {
    const { see, frame } = tools;
    const { socket, exchange } = await connected(tools);
    const inner = frame();
    const heard = () => see('heard');
    inner.EventTarget.prototype.addEventListener.call(socket, 'message', heard);
    await exchange('1');
    inner.EventTarget.prototype.removeEventListener.call(socket, 'message', heard);
    await exchange('2');
  },
  'methods of the prototype, then those of the socket': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const heard = () => see('heard');
    EventTarget.prototype.addEventListener.call(socket, 'message', heard);
    await exchange('1');
    socket.addEventListener('message', heard);
    await exchange('2');
    socket.removeEventListener('message', heard);
    await exchange('3');
    EventTarget.prototype.addEventListener.call(socket, 'message', heard);
    socket.removeEventListener('message', heard);
    await exchange('4');
  },
};
