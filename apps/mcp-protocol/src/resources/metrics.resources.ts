import { Injectable } from '@nestjs/common';
import { MetricsApi } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';

const HOST_URI = 'scm://metrics/host';
const TEMPLATE = 'scm://metrics/{metric}';
const METRIC_URI = /^scm:\/\/metrics\/([A-Za-z_:][A-Za-z0-9_:]{0,255})$/;
const JSON_TYPE = 'application/json';

export const metricResources = [
  {
    uri: HOST_URI,
    name: 'host',
    title: 'Host metrics',
    description: 'The newest value of every metric of the host',
    mimeType: JSON_TYPE,
  },
];

export const metricTemplates = [
  {
    uriTemplate: TEMPLATE,
    name: 'metric',
    title: 'One metric',
    description: 'The newest value of each series of a metric',
    mimeType: JSON_TYPE,
  },
];

interface Vector {
  result: { metric: Record<string, string>; value: [number, string] }[];
}

interface Sample {
  metric: Record<string, string>;
  /** Unix seconds. */
  time: number;
  value: number;
}

/** Live metrics as resources: what is read is what is known now. */
@Injectable()
export class MetricsResources {
  constructor(private readonly messaging: MessagingClient) {}

  /** Undefined when the URI names no resource. */
  async read(uri: string): Promise<{ uri: string; mimeType: string; text: string } | undefined> {
    const samples = await this.samplesOf(uri);
    return samples && { uri, mimeType: JSON_TYPE, text: JSON.stringify({ at: new Date().toISOString(), samples }) };
  }

  /** The newest sample of each series that the resource is about; undefined when the URI names no resource. */
  async samplesOf(uri: string): Promise<Sample[] | undefined> {
    const query = queryOf(uri);
    if (!query) return undefined;
    const { data } = await this.messaging.request(MetricsApi.query, { query });
    return (data as Vector).result.map(({ metric, value: [time, value] }) => ({ metric, time, value: Number(value) }));
  }
}

function queryOf(uri: string): string | undefined {
  if (uri === HOST_URI) return '{__name__=~"scm_host_.+"}';
  const metric = METRIC_URI.exec(uri)?.[1];
  // Alone, a name such as NaN would be a number, and one such as sum the beginning of something else.
  return metric && `{__name__="${metric}"}`;
}
