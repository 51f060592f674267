import type { JsonObject } from './json-rpc.js';

/** Hints for whoever shows or uses a piece of content. */
export interface Annotations {
  audience?: ('user' | 'assistant')[];
  /** From 0, optional, to 1, required. */
  priority?: number;
  /** ISO 8601. Since 2025-06-18. */
  lastModified?: string;
}

/** Since 2025-11-25. */
export interface Icon {
  src: string;
  mimeType?: string;
  /** Such as `48x48`, or `any`. */
  sizes?: string[];
  theme?: 'light' | 'dark';
}

interface Described {
  _meta?: JsonObject;
  annotations?: Annotations;
}

export interface TextContent extends Described {
  type: 'text';
  text: string;
}

export interface ImageContent extends Described {
  type: 'image';
  /** Base64. */
  data: string;
  mimeType: string;
}

/** Since 2025-03-26. */
export interface AudioContent extends Described {
  type: 'audio';
  /** Base64. */
  data: string;
  mimeType: string;
}

/** Since 2025-06-18. */
export interface ResourceLink extends Described {
  type: 'resource_link';
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
  /** In bytes. */
  size?: number;
  icons?: Icon[];
}

export interface EmbeddedResource extends Described {
  type: 'resource';
  resource: TextResourceContents | BlobResourceContents;
}

export type ContentBlock = TextContent | ImageContent | AudioContent | ResourceLink | EmbeddedResource;

export interface TextResourceContents {
  uri: string;
  mimeType?: string;
  text: string;
  _meta?: JsonObject;
}

export interface BlobResourceContents {
  uri: string;
  mimeType?: string;
  /** Base64. */
  blob: string;
  _meta?: JsonObject;
}
