import { Controller } from '@nestjs/common';
import { IntakeApi, type IntakeReply, type RemoteWriteRequest } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { RemoteWriteService } from './remote-write.service.js';

@Controller()
export class RemoteWriteHandler {
  constructor(private readonly remoteWrite: RemoteWriteService) {}

  @Rpc(IntakeApi.remoteWrite)
  write(request: RemoteWriteRequest): Promise<IntakeReply> {
    return this.remoteWrite.write(request);
  }
}
