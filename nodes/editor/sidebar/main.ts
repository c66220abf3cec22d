import { Sidebar } from './sidebar.js';
import { text } from './texts.js';

const ID = 'tox-async';
const ACTION = 'tox-async:show-tox-tab';
/** What the runtime publishes when sessions change: nodes/sidebar/live.ts. */
const TOPIC = 'tox-async/changed';

function addSidebar(): void {
  const sidebar = new Sidebar();
  RED.actions.add(ACTION, () => RED.sidebar.show(ID));
  RED.sidebar.addTab({
    id: ID,
    label: text('label'),
    name: text('name'),
    iconClass: 'fa fa-envelope-o',
    content: sidebar.element,
    toolbar: sidebar.toolbar,
    enableOnEdit: true,
    action: ACTION,
    onchange: sidebar.look,
  });
  RED.comms.subscribe(TOPIC, sidebar.refresh);
  RED.comms.on('connect', sidebar.refresh);
  // While no session runs, what it says depends on whether one is there to be deployed.
  for (const event of ['deploy', 'nodes:add', 'nodes:remove']) RED.events.on(event, sidebar.refresh);
  document.addEventListener('visibilitychange', sidebar.look);
  new IntersectionObserver(sidebar.look).observe(sidebar.element);
  sidebar.refresh();
}

RED.plugins.registerPlugin('tox-async-sidebar', { type: 'tox-async', onadd: addSidebar });
