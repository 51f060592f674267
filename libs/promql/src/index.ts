export { isStale, markStale } from './stale-marker.js';
