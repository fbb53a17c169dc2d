// The Vue page: a list of orders whose rows also show a clock.
import { flush, init, stats } from 'tracelink';
import { createApp, h, ref, shallowRef } from 'vue';
import { useOrders, useUpdateSpan } from '../recipes/vue.js';

const settings = new URLSearchParams(location.search);
const open = shallowRef(true);
const clock = ref('');

const Row = {
  props: ['order'],
  setup(props) {
    // biome-ignore lint/correctness/useHookAtTopLevel: Vue's, not React's
    useUpdateSpan('ui.update order', () => props.order.message);
    return () => h('li', { id: props.order.id }, [props.order.state, ' ', clock.value]);
  },
};

const Orders = {
  setup() {
    // biome-ignore lint/correctness/useHookAtTopLevel: Vue's, not React's
    const orders = useOrders(`ws://${location.host}/updates`);
    return () =>
      h(
        'ul',
        Object.values(orders.value).map((order) => h(Row, { key: order.id, order })),
      );
  },
};

const { ok } = await init({ serviceName: 'vue', endpoint: settings.get('collector') });
createApp({ render: () => (open.value ? h(Orders) : null) }).mount('#root');
Object.assign(window, {
  flush,
  stats,
  setClock: (text) => {
    clock.value = text;
  },
  unmount: () => {
    open.value = false;
  },
  started: ok,
});
