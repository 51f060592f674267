import { Controller } from '@nestjs/common';
import {
  RuleFileApi,
  type Nothing,
  type PageRequest,
  type RuleFile,
  type RuleFileInput,
  type RuleFilePage,
  type RuleFileRef,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { RuleFilesService } from './rule-files.service.js';

@Controller()
export class RuleFilesHandler {
  constructor(private readonly files: RuleFilesService) {}

  @Rpc(RuleFileApi.put)
  put(request: RuleFileInput): Promise<RuleFile> {
    return this.files.put(request);
  }

  @Rpc(RuleFileApi.list)
  list(request: PageRequest): Promise<RuleFilePage> {
    return this.files.list(request);
  }

  @Rpc(RuleFileApi.get)
  get({ name }: RuleFileRef): Promise<RuleFile> {
    return this.files.get(name);
  }

  @Rpc(RuleFileApi.remove)
  remove({ name }: RuleFileRef): Promise<Nothing> {
    return this.files.remove(name);
  }
}
