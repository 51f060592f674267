import { rpc } from './define.js';
import { Flag, ListOf, OneOf, Text, Texts } from './fields.js';
import { Nothing } from './page.js';

/** Messages of these methods that an extension sees, and may change, before or after they are translated. */
export class ExtensionHook {
  @OneOf(['beforeTranslation', 'afterTranslation']) stage: 'beforeTranslation' | 'afterTranslation';
  @OneOf(['fromClient', 'toClient', 'toUpstream', 'fromUpstream'])
  direction: 'fromClient' | 'toClient' | 'toUpstream' | 'fromUpstream';
  @Texts({ max: 64 }) methods: string[];
}

/** An extension of the Model Context Protocol that this server has: built in, or a plugin of its operator. */
export class Extension {
  @Text({ max: 128 }) id: string;
  @Text({ max: 64 }) version: string;
  @Text({ max: 128, optional: true }) title?: string;
  @Text({ max: 1_024, optional: true }) description?: string;
  @Flag() isBuiltIn: boolean;
  @Texts({ max: 5, description: 'Whose clients it is for' }) revisions: string[];
  @Texts({ max: 32, description: 'What its code may do, always as the one for whom it runs' }) permissions: string[];
  @Texts({ max: 32 }) methods: string[];
  @ListOf(() => ExtensionHook, { max: 16 }) hooks: ExtensionHook[];
  @OneOf(['refuse', 'skip'], { description: 'What becomes of a message whose hook fails' }) onFailure:
    'refuse' | 'skip';
}

/** In the order in which hooks run. */
export class ExtensionList {
  @ListOf(() => Extension, { max: 256 }) items: Extension[];
}

export const ExtensionApi = {
  list: rpc('extension.v1.list', Nothing, ExtensionList, {
    service: 'mcp-protocol',
    access: 'extensions:read',
    changes: false,
  }),
};
