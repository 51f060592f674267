/** An event in the form of CloudEvents 1.0. */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  time: string;
  [attribute: string]: unknown;
}
