import { describe, expect, it } from '@jest/globals';
import { capabilityFor, methodIn, methods, methodsOf, protocolRevisions, sendersOf, type Method } from './index.js';

const get = (name: string): Method => methods[name] as Method;

describe('the registry', () => {
  it('has the methods of each revision', () => {
    expect(protocolRevisions.map((revision) => methodsOf(revision).length)).toEqual([24, 24, 25, 31, 21]);
  });

  it('gives every request an answer and no notification one', () => {
    const wrong = Object.values(methods).filter(({ kind, result }) => (kind === 'request') !== (result !== undefined));
    expect(wrong).toEqual([]);
  });

  it('knows no method by what objects inherit', () => {
    expect(methodIn('2025-11-25', 'constructor')).toBeUndefined();
  });

  it('knows who sends', () => {
    expect(sendersOf('2025-11-25', get('ping'))).toEqual(['client', 'server']);
    expect(sendersOf('2025-11-25', get('roots/list'))).toEqual(['server']);
    expect(sendersOf('2026-07-28', get('roots/list'))).toEqual([]);
    expect(sendersOf('2026-07-28', get('notifications/progress'))).toEqual(['server']);
  });

  it('knows what has to be declared, and by whom', () => {
    expect(capabilityFor('2024-11-05', get('completion/complete'))).toBeUndefined();
    expect(capabilityFor('2025-03-26', get('completion/complete'))).toEqual({
      declaredBy: 'server',
      path: 'completions',
    });
    expect(capabilityFor('2025-11-25', get('tasks/get'), 'server')).toEqual({ declaredBy: 'client', path: 'tasks' });
    expect(capabilityFor('2025-11-25', get('notifications/roots/list_changed'))).toEqual({
      declaredBy: 'client',
      path: 'roots.listChanged',
    });
  });
});
