import { Controller, UseFilters } from '@nestjs/common';
import { MetricsApi, RulesApi, type PrometheusReply, type RpcContract } from '@scm/contracts';
import { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';
import { PrometheusErrorFilter } from './prometheus-error.filter.js';

/** Prometheus's HTTP API, for Grafana, promtool and everything else that speaks it. */
@Controller('prometheus/api/v1')
@UseFilters(PrometheusErrorFilter)
export class PrometheusController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'query', MetricsApi.query, 'Evaluate a query at one instant', { tag: 'prometheus' })
  query(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.query, call);
  }

  @Route('POST', 'query', MetricsApi.query, 'Evaluate a query at one instant', { tag: 'prometheus' })
  postQuery(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.query, call);
  }

  @Route('GET', 'query_range', MetricsApi.queryRange, 'Evaluate a query over a range of time', { tag: 'prometheus' })
  queryRange(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.queryRange, call);
  }

  @Route('POST', 'query_range', MetricsApi.queryRange, 'Evaluate a query over a range of time', { tag: 'prometheus' })
  postQueryRange(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.queryRange, call);
  }

  @Route('GET', 'format_query', MetricsApi.formatQuery, 'Format a query', { tag: 'prometheus' })
  formatQuery(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.formatQuery, call);
  }

  @Route('POST', 'format_query', MetricsApi.formatQuery, 'Format a query', { tag: 'prometheus' })
  postFormatQuery(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.formatQuery, call);
  }

  @Route('GET', 'series', MetricsApi.series, 'Find series by label matchers', { tag: 'prometheus' })
  series(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.series, call);
  }

  @Route('POST', 'series', MetricsApi.series, 'Find series by label matchers', { tag: 'prometheus' })
  postSeries(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.series, call);
  }

  @Route('GET', 'labels', MetricsApi.labels, 'List label names', { tag: 'prometheus' })
  labels(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.labels, call);
  }

  @Route('POST', 'labels', MetricsApi.labels, 'List label names', { tag: 'prometheus' })
  postLabels(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.labels, call);
  }

  @Route('GET', 'label/:label/values', MetricsApi.labelValues, 'List the values of a label', { tag: 'prometheus' })
  labelValues(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.labelValues, call);
  }

  @Route('GET', 'metadata', MetricsApi.metadata, 'List types and help texts of metrics', { tag: 'prometheus' })
  metadata(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.metadata, call);
  }

  @Route('GET', 'query_exemplars', MetricsApi.exemplars, 'Find exemplars of what a query selects', {
    tag: 'prometheus',
  })
  exemplars(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.exemplars, call);
  }

  @Route('POST', 'query_exemplars', MetricsApi.exemplars, 'Find exemplars of what a query selects', {
    tag: 'prometheus',
  })
  postExemplars(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.exemplars, call);
  }

  @Route('GET', 'rules', RulesApi.groups, 'List rules in Prometheus’s shape', { tag: 'prometheus' })
  rules(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(RulesApi.groups, call);
  }

  @Route('GET', 'alerts', RulesApi.alerts, 'List active alerts in Prometheus’s shape', { tag: 'prometheus' })
  alerts(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(RulesApi.alerts, call);
  }

  @Route(
    'GET',
    'status/tsdb',
    MetricsApi.tsdbStatus,
    'What takes the most room, and which labels have too many values',
    {
      tag: 'prometheus',
    },
  )
  tsdbStatus(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.tsdbStatus, call);
  }

  @Route('GET', 'status/buildinfo', MetricsApi.buildInfo, 'Which Prometheus this speaks like', { tag: 'prometheus' })
  buildInfo(@Call() call: HttpCall): Promise<JsonText> {
    return this.answer(MetricsApi.buildInfo, call);
  }

  private async answer<Req extends object>(
    contract: RpcContract<Req, PrometheusReply>,
    call: HttpCall,
  ): Promise<JsonText> {
    const { text } = await this.mesh.forward(contract, known(call));
    // The reply is an object with `data` and perhaps `warnings`: it is large, and needs only its first field.
    return new JsonText(`{"status":"success",${text.slice(1)}`);
  }
}

const PARAMETERS = ['query', 'time', 'timeout', 'limit', 'start', 'end', 'step', 'match', 'match[]', 'metric'];

/** Prometheus ignores parameters it does not know, and its clients rely on that; `match[]` is our `match`. */
function known(call: HttpCall): HttpCall {
  const { query, body } = call;
  // What is no object has no parameters to leave out: it is refused like everywhere.
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) return call;
  const given: Record<string, unknown> = { ...query, ...body };
  const kept = Object.entries(given).filter(([name]) => PARAMETERS.includes(name));
  const renamed = kept.map(([name, value]) =>
    name.startsWith('match') ? ['match', [value].flat()] : [name, [value].flat()[0]],
  );
  return { ...call, query: {}, body: Object.fromEntries(renamed) as object };
}
