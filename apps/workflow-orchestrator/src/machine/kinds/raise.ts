import { ExpressionError } from '../../definitions/expression.js';
import type { ExecutionError } from '../error.js';
import type { Behaviour } from './behaviour.js';

export const raise: Behaviour = {
  enter(walk, frame, { ref, task }) {
    const given = task.raise?.error;
    const declared = typeof given === 'string' ? walk.plan.document.use?.errors?.[given] : given;
    if (!declared) throw new ExpressionError('the error is not declared under use.errors');
    const error = walk.evaluate(frame, declared, frame.data) as ExecutionError;
    walk.fail(frame, { ...error, instance: error.instance ?? ref, retryable: false });
  },
};
