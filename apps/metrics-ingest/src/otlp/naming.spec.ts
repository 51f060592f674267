import { expect, it } from '@jest/globals';
import { labelName, metricName } from './naming.js';
import type { MetricKind } from './otlp.model.js';

it.each<[string, string, MetricKind, boolean, string]>([
  ['http.server.duration', 's', 'histogram', false, 'http_server_duration_seconds'],
  ['http.server.duration.seconds', 's', 'histogram', false, 'http_server_duration_seconds'],
  ['system.network.io', 'By', 'sum', true, 'system_network_io_bytes_total'],
  ['requests.total', '1', 'sum', true, 'requests_total'],
  ['requests', '{request}', 'sum', true, 'requests_total'],
  ['queue.length', '1', 'gauge', false, 'queue_length_ratio'],
  ['speed', 'm/s', 'gauge', false, 'speed_meters_per_second'],
  ['speed', 'By/{packet}', 'gauge', false, 'speed_bytes'],
  ['a__b  c', '', 'gauge', false, 'a_b_c'],
  ['2xx', '', 'gauge', false, '_2xx'],
  ['odd', 'x.y', 'gauge', false, 'odd_x_y'],
  ['constructor', 'constructor', 'gauge', false, 'constructor'],
  ['…', 's', 'gauge', false, ''],
])('%s in %s, a %s (only growing: %s), is %s', (name, unit, kind, isMonotonic, expected) => {
  expect(metricName({ name, unit, kind, isMonotonic })).toBe(expected);
});

it.each([
  ['http.method', 'http_method'],
  ['1st', 'key_1st'],
  ['_own', 'key_own'],
  ['__own', '__own'],
])('the label of %s is %s', (name, expected) => {
  expect(labelName(name)).toBe(expected);
});
