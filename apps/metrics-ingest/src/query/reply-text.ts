import { ServiceError, type PrometheusReply } from '@scm/contracts';
import { JsonText } from '@scm/messaging';
import type { QueryResult } from '@scm/promql';

const MAX_SERIES = 10_000;
const MAX_POINTS = 250_000;

/**
 * An answer in the shape of Prometheus's HTTP API, cut to `most` series; what no message could carry is refused. Large answers
 * are put together as text at once, since they are mostly numbers.
 */
export function replyText(result: QueryResult, timeMs: number, most: number): JsonText<PrometheusReply> {
  const [data, isCut] = dataOf(result, timeMs, most);
  const warnings = [...result.warnings, ...(isCut ? ['results truncated due to limit'] : [])];
  const notes = { ...(warnings.length > 0 && { warnings }), ...(result.infos.length > 0 && { infos: result.infos }) };
  const more = JSON.stringify(notes).slice(1, -1);
  return new JsonText(`{"data":{"resultType":"${result.type}","result":${data}}${more && `,${more}`}}`);
}

function dataOf(result: QueryResult, timeMs: number, most: number): [text: string, isCut: boolean] {
  switch (result.type) {
    case 'scalar':
      return [point(timeMs, result.value), false];
    case 'string':
      return [`[${timeMs / 1_000},${JSON.stringify(result.value)}]`, false];
    case 'vector': {
      const samples = result.samples.slice(0, most);
      assertSize(samples.length, samples.length);
      const texts = samples.map(
        ({ labels, value }) => `{"metric":${JSON.stringify(labels)},"value":${point(timeMs, value)}}`,
      );
      return [`[${texts.join()}]`, result.samples.length > most];
    }
    case 'matrix': {
      const series = result.series.slice(0, most);
      assertSize(
        series.length,
        series.reduce((sum, { times }) => sum + times.length, 0),
      );
      const texts = series.map(({ labels, times, values }) => {
        const points: string[] = [];
        for (let i = 0; i < times.length; i++) points.push(point(times[i] as number, values[i] as number));
        return `{"metric":${JSON.stringify(labels)},"values":[${points.join()}]}`;
      });
      return [`[${texts.join()}]`, result.series.length > most];
    }
    default: {
      const exhausted: never = result;
      return exhausted;
    }
  }
}

/** `[Unix seconds, value]` as Prometheus writes it. */
function point(timeMs: number, value: number): string {
  return `[${timeMs / 1_000},"${numberText(value)}"]`;
}

export function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

function assertSize(series: number, points: number): void {
  if (series <= MAX_SERIES && points <= MAX_POINTS) return;
  throw new ServiceError(
    'RESOURCE_EXHAUSTED',
    `the result has more than ${MAX_SERIES} series or ${MAX_POINTS} points: narrow the selector or the range`,
  );
}
