import { ExpressAdapter } from '@nestjs/platform-express';
import type { Response } from 'express';
import { JsonText } from '@scm/messaging';

/** Sends a reply of the mesh as the text it came as. */
export class JsonAdapter extends ExpressAdapter {
  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    if (!(body instanceof JsonText)) return super.reply(response, body, statusCode);
    if (statusCode) response.statusCode = statusCode;
    return response.setHeader('Content-Type', 'application/json; charset=utf-8').end(body.text);
  }
}
