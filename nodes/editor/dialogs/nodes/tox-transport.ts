import { answer, forText } from '../checks/validators.js';
import { hintBelow } from '../fields/hint.js';
import { OpenDialog } from '../fields/open-dialog.js';
import { sayReasons } from '../fields/reasons.js';
import { isVariable, showChoices } from '../fields/variables.js';
import { labelStyle, sessionLabel } from '../labels.js';
import { textOf, type EditedNode } from '../node.js';
import { runningSessions } from '../sessions.js';

const dialog = new OpenDialog('node-input');

const port = {
  value: '',
  validate(this: EditedNode, value: unknown, opt: unknown) {
    const text = textOf(value).trim();
    const isPort = /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
    const isFine = dialog.now(this, 'mode') !== 'libtoxcore' || text === '' || isPort || isVariable(text);
    return answer(isFine ? undefined : this._('tox-transport.error.port'), opt);
  },
};

export const toxTransport = {
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    storageNode: { value: '', type: 'storage-node', required: true },
    mode: { value: 'virtual' },
    network: {
      value: 'virtual',
      validate(this: EditedNode, value: unknown, opt: unknown) {
        const isFine = dialog.now(this, 'mode') !== 'virtual' || textOf(value).trim() !== '';
        return answer(isFine ? undefined : this._('tox-transport.error.network'), opt);
      },
    },
    atStart: { value: 'before' },
    mailWaiting: { value: '' },
    protocol: { value: '' },
    port,
    localDiscovery: { value: false },
    proxy: { value: '' },
    proxyHost: {
      value: '',
      validate: forText((node, text) =>
        /[\s/]/.test(text) ? node._('tox-transport.error.proxyHost') : undefined,
      ),
    },
    proxyPort: port,
    bootstrap: { value: '' },
  },
  paletteLabel(this: EditedNode) {
    return this._('tox-transport.paletteLabel');
  },
  inputLabels(this: EditedNode) {
    return this._('tox-transport.port.input');
  },
  outputLabels(this: EditedNode) {
    return this._('tox-transport.port.output');
  },
  label(this: EditedNode) {
    const network = this.mode === 'virtual' ? textOf(this.network) || 'virtual' : 'Tox';
    const session = sessionLabel(this);
    const on = session === '' ? 'nobody' : 'session';
    return textOf(this.name) || this._(`tox-transport.on.${on}`, { session, network });
  },
  labelStyle,
  oneditprepare(this: EditedNode) {
    dialog.open(this);
    showChoices(this, 'node-input', ['mode', 'atStart', 'proxy', 'protocol', 'localDiscovery']);
    const [mode, proxy, protocol] = [
      $('#node-input-mode'),
      $('#node-input-proxy'),
      $('#node-input-protocol'),
    ];
    const show = () => {
      // A variable may hold any of the choices, and so may settings.js: then all fields are there to be filled in.
      const mayBe = (field: JQuery, ...values: string[]) =>
        values.includes(textOf(field.val())) || isVariable(field.val());
      const isDirect = mayBe(proxy, '', 'none');
      $('.tox-async-virtual').toggle(mode.val() !== 'libtoxcore');
      $('#tox-async-tox').toggle(mode.val() !== 'virtual');
      $('.tox-async-proxied').toggle(mayBe(proxy, 'socks5', 'http'));
      $('.tox-async-direct').toggle(isDirect);
      $('.tox-async-udp').toggle(isDirect && protocol.val() !== 'tcp');
      $('#node-input-proxyPort').attr('placeholder', proxy.val() === 'http' ? '8080' : '9050');
    };
    for (const each of [mode, proxy, protocol]) each.on('change', show);
    show();
    sayReasons(this, 'node-input', toxTransport.defaults);
    sayState(this);
  },
  oneditsave() {
    dialog.close();
  },
  oneditcancel() {
    dialog.close();
  },
};

/** How the chosen session is doing now. */
function sayState(node: EditedNode): void {
  const chosen = $('#node-input-storageNode');
  const say = hintBelow(chosen);
  void runningSessions().then((sessions) => {
    const look = () => {
      const session = sessions.find(({ id }) => id === chosen.val());
      if (session === undefined) {
        say(undefined);
        return;
      }
      const { online = 0, friends = 0 } = session.counts ?? {};
      const text = node._(`node-red-contrib-tox-async/storage-node:storage-node.state.${session.state}`);
      const there = node._('tox-transport.there', { online, friends });
      say({
        level: session.state === 'online' ? 'ok' : 'info',
        text: friends > 0 ? `${text} · ${there}` : text,
      });
    };
    chosen.on('change', look);
    look();
  });
}
