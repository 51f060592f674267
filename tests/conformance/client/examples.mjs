/** A value that a schema takes. */
export function exampleOf({ type, properties = {}, required = [], enum: values, default: given }) {
  if (given !== undefined) return given;
  if (values) return values[0];
  switch (type) {
    case 'object':
      return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name] ?? {})]));
    case 'array':
      return [];
    case 'integer':
    case 'number':
      return 5;
    case 'boolean':
      return true;
    default:
      return 'example';
  }
}

/** What a user and a model may answer: a form is accepted with its defaults. */
export function answersTo(inputRequests = {}) {
  return Object.fromEntries(Object.entries(inputRequests).map(([key, request]) => [key, answerTo(request)]));
}

function answerTo({ method, params }) {
  if (method === 'roots/list') return { roots: [{ uri: 'file:///home' }] };
  if (method === 'elicitation/create') return { action: 'accept', content: contentOf(params.requestedSchema) };
  return { role: 'assistant', content: { type: 'text', text: 'an answer' }, model: 'suite', stopReason: 'endTurn' };
}

/** What the user does not change keeps its default. */
function contentOf({ properties = {}, required = [] } = {}) {
  const filled = Object.keys(properties).filter((name) => required.includes(name) || 'default' in properties[name]);
  return Object.fromEntries(filled.map((name) => [name, exampleOf(properties[name])]));
}
