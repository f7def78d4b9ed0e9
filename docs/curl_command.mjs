// An operation's example as a command of curl, for the reference page and for the tests that run it.

/** What stands in the document as a sample is a variable of the shell in a command. */
const VARIABLES = [
  [/^mk2s_/, '$SESSION_TOKEN'],
  [/^mk2u_/, '$USER_TOKEN'],
  [/^mk2c_/, '$CEREMONY'],
  [/^mk2a_/, '$AUTH_TOKEN'],
  [/^mk2q_/, '$QR_ID'],
  [/^https:\/\/auth\.example\.com$/, '$MASTERKEY2_URL'],
];
const BY_NAME = { credential_id: '$CREDENTIAL_ID', tenant_id: '$TENANT_ID' };
const BEARER = {
  sessionToken: '$SESSION_TOKEN', userToken: '$USER_TOKEN', pollToken: '$POLL_TOKEN', phoneToken: '$PHONE_TOKEN',
};

const variable = (text) => VARIABLES.find(([pattern]) => pattern.test(text))?.[1];

/** JSON on one line with spaces, tokens and the browser's credential as variables. */
function bodyText(value, name) {
  if (name === 'credential') return '$CREDENTIAL';
  if (name === 'code' && typeof value === 'string') return '"$CODE"';
  if (typeof value === 'string') return JSON.stringify(variable(value) ?? value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${bodyText(item, key)}`).join(', ')}}`;
}

function address(path, parameters, changed) {
  const value = ({ name, example }) =>
    name in changed ? encodeURIComponent(changed[name]) : (BY_NAME[name] ?? encodeURIComponent(example));
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => value(parameters.find((one) => one.name === name)));
  const query = parameters
    .filter((one) => one.in === 'query' && (one.name in changed || one.example !== undefined))
    .map((one) => `${one.name}=${value(one)}`);
  return `$MASTERKEY2_URL${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

function headerLines(operation, { headers = {}, credential }) {
  const scheme = Object.keys(operation.security[0] ?? {})[0];
  const used = credential === undefined ? scheme : credential;
  const sent = {};
  if (used === 'apiKey') sent['X-API-KEY'] = '$MK2_API_KEY';
  else if (used) sent.Authorization = `Bearer ${BEARER[used]}`;
  for (const one of operation.parameters ?? []) {
    if (one.in === 'header' && one.example !== undefined) sent[one.name] = variable(one.example) ?? one.example;
  }
  return Object.entries({ ...sent, ...headers }).map(([name, value]) => `-H "${name}: ${value}"`);
}

/** The example of { path, method, operation }, or what `error` (its x-error-example) makes of it. */
export function curlCommand({ path, method, operation }, error = {}) {
  const body = error.body ?? operation.requestBody?.content['application/json'].example;
  const words = [
    method === 'GET' ? 'curl' : `curl -X ${method}`,
    `"${address(path, operation.parameters ?? [], error.parameters ?? {})}"`,
    ...headerLines(operation, error),
    ...(error.text === undefined ? [] : [`-X ${method} -d ${error.text}`]),
    ...(body === undefined ? [] : ['--json @- <<END']),
  ];
  const command = words.reduce(([line, ...lines], word) =>
    `${line} ${word}`.length <= 100 ? [`${line} ${word}`, ...lines] : [`  ${word}`, `${line} \\`, ...lines], ['']);
  const text = command.reverse().join('\n').trimStart();
  return body === undefined ? `${text}\n` : `${text}\n${bodyText(body)}\nEND\n`;
}
