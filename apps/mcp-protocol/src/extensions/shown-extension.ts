import type { Extension } from '@scm/contracts';
import type { RegisteredExtension } from './extension.js';

/** An extension as the API shows it. */
export function shownExtension(extension: RegisteredExtension): Extension {
  const { id, version, title, description, isBuiltIn, revisions, permissions, hooks, onFailure, model } = extension;
  return {
    id,
    version,
    ...(title && { title }),
    ...(description && { description }),
    isBuiltIn,
    revisions: [...revisions],
    permissions: [...permissions],
    methods: Object.keys(model.methods),
    hooks: [...hooks],
    onFailure,
  };
}
