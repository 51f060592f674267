import { Controller } from '@nestjs/common';
import { MetricsApi, type IngestReply, type IngestRequest } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { IngestService } from './ingest.service.js';

@Controller()
export class IngestHandler {
  constructor(private readonly ingestion: IngestService) {}

  @Rpc(MetricsApi.ingest)
  ingest(request: IngestRequest): Promise<IngestReply> {
    return this.ingestion.ingest(request);
  }
}
