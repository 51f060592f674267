/** A reply as the JSON text it travels as: whoever only passes it on need not read it. */
export class JsonText<T extends object = object> {
  /** Only to tell the types of two texts apart. */
  declare readonly of?: T;

  constructor(readonly text: string) {}

  read(): T {
    return JSON.parse(this.text) as T;
  }

  toJSON(): T {
    return this.read();
  }
}

/** What a handler gave, as text. */
export function textOf(reply: unknown): string {
  return reply instanceof JsonText ? reply.text : JSON.stringify(reply ?? {});
}
