const byId = (id) => document.getElementById(id);

async function send(query, variables) {
  const token = byId('token').value.trim();
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

async function run() {
  const start = performance.now();
  byId('state').textContent = '执行中…';
  try {
    const variables = JSON.parse(byId('variables').value || '{}');
    const answer = await send(byId('query').value, variables);
    byId('answer').textContent = JSON.stringify(answer, null, 2);
    byId('state').textContent = `${Math.ceil(performance.now() - start)} ms`;
  } catch (error) {
    byId('answer').textContent = String(error);
    byId('state').textContent = '失败';
  }
}

async function login(event) {
  event.preventDefault();
  const response = await fetch('/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: byId('username').value, password: byId('password').value }),
  });
  const body = await response.json();
  byId('state').textContent = response.ok ? '已登录' : (body.error?.message ?? '登录失败');
  if (response.ok) byId('token').value = body.accessToken;
}

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name ofType { name } } } }';
const SCHEMA = `{ __schema { types {
  name kind description
  fields { name description type { ${TYPE} } args { name description type { ${TYPE} } } }
  inputFields { name description type { ${TYPE} } }
  enumValues { name description }
} } }`;

function typeText(type) {
  if (type.kind === 'NON_NULL') return `${typeText(type.ofType)}!`;
  if (type.kind === 'LIST') return `[${typeText(type.ofType)}]`;
  return type.name;
}

function entry(text, description) {
  const item = document.createElement('li');
  const code = document.createElement('code');
  code.textContent = text;
  item.append(code, ` ${description ?? ''}`);
  return item;
}

function membersOf(type) {
  const fields = (type.fields ?? []).map((field) => {
    const args = field.args.map((arg) => `${arg.name}: ${typeText(arg.type)}`).join(', ');
    return entry(
      `${field.name}${args === '' ? '' : `(${args})`}: ${typeText(field.type)}`,
      field.description,
    );
  });
  const inputs = (type.inputFields ?? []).map((field) =>
    entry(`${field.name}: ${typeText(field.type)}`, field.description),
  );
  const values = (type.enumValues ?? []).map((value) => entry(value.name, value.description));
  return [...fields, ...inputs, ...values];
}

function showDocs(types, filter) {
  const wanted = filter.trim().toLowerCase();
  const rank = (name) => ['Query', 'Mutation'].indexOf(name) >>> 0;
  const shown = types
    .filter((type) => !type.name.startsWith('__'))
    .filter((type) => JSON.stringify(type).toLowerCase().includes(wanted))
    .sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));
  byId('docs').replaceChildren(
    ...shown.map((type) => {
      const details = document.createElement('details');
      const summary = document.createElement('summary');
      summary.textContent = `${type.name} ${type.description ?? ''}`;
      const list = document.createElement('ul');
      list.append(...membersOf(type));
      details.append(summary, list);
      details.open = wanted !== '' || type.name === 'Query';
      return details;
    }),
  );
}

byId('run').addEventListener('click', run);
byId('login').addEventListener('submit', login);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void run();
});

const { data } = await send(SCHEMA, {});
byId('filter').addEventListener('input', () => showDocs(data.__schema.types, byId('filter').value));
showDocs(data.__schema.types, '');
