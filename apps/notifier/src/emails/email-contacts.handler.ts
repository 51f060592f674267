import { Controller } from '@nestjs/common';
import {
  EmailContactApi,
  type ById,
  type CreateEmailContactRequest,
  type EmailContact,
  type EmailContactPage,
  type Nothing,
  type Notification,
  type PageRequest,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { EmailContactsService } from './email-contacts.service.js';

@Controller()
export class EmailContactsHandler {
  constructor(private readonly contacts: EmailContactsService) {}

  @Rpc(EmailContactApi.create)
  create(request: CreateEmailContactRequest): Promise<EmailContact> {
    return this.contacts.create(request);
  }

  @Rpc(EmailContactApi.list)
  list(request: PageRequest): Promise<EmailContactPage> {
    return this.contacts.list(request);
  }

  @Rpc(EmailContactApi.remove)
  remove({ id }: ById): Promise<Nothing> {
    return this.contacts.remove(id);
  }

  @Rpc(EmailContactApi.test)
  test({ id }: ById): Promise<Notification> {
    return this.contacts.test(id);
  }
}
