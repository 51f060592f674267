/** One series with one sample, as a request holds it. */
export function one(
  name: string,
  value: number,
  labels: Record<string, string> = {},
  timeMs: number = Date.now(),
): { labels: Record<string, string>; samples: [number, number][] } {
  return { labels: { __name__: name, ...labels }, samples: [[timeMs, value]] };
}

/** What an instant query answers. */
export interface VectorReply {
  data: { resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] };
  warnings?: string[];
}

/** What a range query answers. */
export interface MatrixReply {
  data: { resultType: string; result: { metric: Record<string, string>; values: [number, string][] }[] };
  warnings?: string[];
}
