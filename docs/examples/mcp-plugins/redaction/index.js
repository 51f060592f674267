const MASK = '[redacted]';

const secrets = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/g,
  /\bsk-[A-Za-z0-9_-]{20,}\b/g,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}\b/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
];
const named = /\b(password|passwd|secret|token|api[_-]?key)(["']?\s*[:=]\s*["']?)[^\s"',;]{4,}/gi;

export const hooks = {
  afterTranslation: (result) => {
    const { _meta, ...shown } = result;
    return { ...redacted(shown), ...(_meta && { _meta }) };
  },
};

function redacted(value, key = '') {
  if (typeof value === 'string') return key === 'blob' || isBase64(key, value) ? value : masked(value);
  if (Array.isArray(value)) return value.map((item) => redacted(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, redacted(member, name)]));
}

/** Of pictures and sounds; the `data` of a log message is text. */
function isBase64(key, value) {
  return key === 'data' && value.length > 64 && /^[A-Za-z0-9+/]+={0,2}$/.test(value);
}

function masked(text) {
  const plain = secrets.reduce((rest, secret) => rest.replace(secret, MASK), text);
  return plain.replace(named, (_, name, between) => `${name}${between}${MASK}`);
}
