/** What was not taken, and why; also what was taken otherwise than it was sent. */
export interface PartialSuccess {
  rejected: number;
  message: string;
}

/** An ExportMetricsServiceResponse as JSON, where 64 bit numbers are texts. */
export function jsonResponse({ rejected, message }: PartialSuccess): string {
  if (rejected === 0 && message === '') return '{}';
  return JSON.stringify({ partialSuccess: { rejectedDataPoints: String(rejected), errorMessage: message } });
}

/** The same as protobuf: `partial_success` is field 1, with the count in its field 1 and the text in 2. */
export function protobufResponse({ rejected, message }: PartialSuccess): Buffer {
  if (rejected === 0 && message === '') return Buffer.alloc(0);
  const count = rejected === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.of(0x08), varint(rejected)]);
  const partial = Buffer.concat([count, delimited(2, Buffer.from(message))]);
  return delimited(1, partial);
}

function delimited(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of((field << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
